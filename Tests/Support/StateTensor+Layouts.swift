import NN

/// Storage of a backend that is no CPU: tests alone may look into it.
public protocol Readable: Storage {
  var elements: [Float] { get }
}

extension Tensor {
  /// All elements of a tensor, whichever backend it belongs to.
  public var values: [Float] {
    if let readable = storage as? any Readable { return readable.elements }
    // Reading takes nothing of the backend that is asked.
    return CPUBackend(threads: 1).host(self)
  }

  /// The only element.
  public var scalar: Float { values.count == 1 ? values[0] : .nan }
}

extension StateTensor {
  /// The numbers of a tensor in their order in memory.
  public init(_ tensor: Tensor) { self.init(shape: tensor.shape, values: tensor.values) }

  /// (N, C, H, W) to (N, H, W, C).
  public var channelsLast: StateTensor {
    let (n, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
    var result = values
    for i in 0..<n { for j in 0..<c { for p in 0..<h * w { result[(i * h * w + p) * c + j] = values[(i * c + j) * h * w + p] } } }
    return StateTensor(shape: [n, h, w, c], values: result)
  }

  /// Columns (N, C, H) times rows (N, C, W): images (N, C, H, W).
  public func times(row: StateTensor) -> StateTensor {
    let (h, w) = (shape[2], row.shape[2])
    let products = values.indices.flatMap { place in row.values[place / h * w..<(place / h + 1) * w].map { values[place] * $0 } }
    return StateTensor(shape: shape + [w], values: products)
  }

  /// Every `step`-th pixel of images (N, H, W, C) in both directions, from the first.
  public func thinned(_ step: Int) -> StateTensor {
    let (n, h, w, c) = (shape[0], shape[1], shape[2], shape[3])
    let (rows, columns) = (Array(stride(from: 0, to: h, by: step)), Array(stride(from: 0, to: w, by: step)))
    let pixels = (0..<n).flatMap { i in rows.flatMap { y in columns.map { x in (i * h + y) * w + x } } }
    return StateTensor(shape: [n, rows.count, columns.count, c], values: pixels.flatMap { values[$0 * c..<($0 + 1) * c] })
  }

  /// The same numbers under another shape of as many.
  public func reshaped(_ shape: [Int]) -> StateTensor { StateTensor(shape: shape, values: values) }

  /// The numbers of one place of the last dimension.
  public func channel(_ index: Int) -> StateTensor {
    let channels = shape[shape.count - 1]
    return StateTensor(shape: [values.count / channels], values: stride(from: index, to: values.count, by: channels).map { values[$0] })
  }

  /// One part of the first dimension.
  public func row(_ index: Int) -> StateTensor {
    let size = values.count / shape[0]
    return StateTensor(shape: Array(shape.dropFirst()), values: Array(values[index * size..<(index + 1) * size]))
  }

  /// The largest magnitude; NaN if a number is one.
  public var peak: Float { values.contains { $0.isNaN } ? .nan : values.reduce(0) { max($0, abs($1)) } }
}

extension Backend {
  public func tensor(_ tensor: StateTensor) -> Tensor { self.tensor(tensor.values, tensor.shape) }
}
