/// Filters that take in the batch norm behind them, for inference: w' = w * gamma / sqrt(variance + epsilon) by output channel,
/// b' = beta + (b - mean) * gamma / sqrt(variance + epsilon).
///
/// Belongs to one state of a network's parameters; `Parameters` begins a new one whenever a number changes. So the steps of an
/// attack, which leaves the weights alone, share them.
final class FoldedFilters {
  private var known: [Int: (w: Tensor, b: Tensor)] = [:]

  subscript(parameter: Parameter, make: () -> (w: Tensor, b: Tensor)) -> (w: Tensor, b: Tensor) {
    if let folded = known[parameter.index] { return folded }
    let folded = make()
    known[parameter.index] = folded
    return folded
  }

  /// Gives the memory back; what is asked for again is made again.
  func forget() { known = [:] }
}

/// What a batch norm in inference phase does to each channel: y = factor * x + shift.
struct ChannelScaling {
  let factor: [Float], shift: [Float]

  /// w (kernel, kernel, C, K) and b (K) with this behind them.
  func folded(into w: Tensor, _ b: Tensor?, on backend: any Backend) -> (w: Tensor, b: Tensor) {
    let k = factor.count
    let scaled = w.values.enumerated().map { $1 * factor[$0 % k] }
    let before = b?.values ?? [Float](repeating: 0, count: k)
    let moved = factor.indices.map { factor[$0] * before[$0] + shift[$0] }
    return (backend.tensor(scaled, w.shape), backend.tensor(moved, [k]))
  }
}
