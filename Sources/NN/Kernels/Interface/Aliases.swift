/// Read-only and writable rows of Float32 numbers. Kernels are plain functions over these; they check nothing.
/// Images are stored (N, H, W, C): the channels of a pixel stand next to each other.
public typealias Source = UnsafePointer<Float>
public typealias Target = UnsafeMutablePointer<Float>
