import NN
import TestSupport
import Testing

/// Convolutions by the sum that defines them, and their gradients as its transposes, over shapes with several bands of rows, more
/// images than groups, odd sizes, strides and paddings.
@Suite struct ConvolutionTests {
  struct Example: CustomTestStringConvertible, Sendable {
    let x: [Int], outputs: Int, shape: ConvolutionShape
    var testDescription: String { "x \(x), K \(outputs), kernel \(shape.kernel), stride \(shape.stride), padding \(shape.padding)" }

    init(_ x: [Int], _ outputs: Int, _ kernel: Int, _ stride: Int, _ padding: Int) {
      self.x = x
      self.outputs = outputs
      shape = ConvolutionShape(kernel: kernel, stride: stride, padding: padding)
    }
  }

  static let examples = [
    Example([1, 1, 1, 1], 1, 1, 1, 0), Example([1, 1, 1, 1], 1, 3, 1, 1), Example([1, 5, 7, 1], 1, 3, 1, 1),
    Example([1, 5, 7, 3], 2, 3, 2, 1), Example([1, 20, 23, 2], 3, 3, 1, 1), Example([1, 2, 300, 1], 2, 3, 1, 1),
    Example([9, 6, 5, 2], 3, 3, 1, 1), Example([11, 4, 4, 1], 1, 3, 2, 1), Example([2, 20, 20, 2], 2, 1, 1, 0),
    Example([3, 7, 5, 3], 4, 1, 2, 0), Example([2, 8, 6, 2], 3, 3, 1, 0), Example([2, 33, 18, 1], 2, 3, 2, 1),
    Example([2, 9, 8, 2], 2, 5, 1, 2), Example([1, 7, 7, 2], 2, 4, 3, 2), Example([0, 4, 4, 2], 3, 3, 1, 1),
  ]

  private let backend = CPUBackend(threads: 2)

  @Test(arguments: examples) func isTheSumThatDefinesIt(_ example: Example) {
    let (x, w, b, _) = numbers(example)
    expectAgreement(
      backend.convolution(x, w, bias: b, residual: nil, example.shape).y, definition(x, w, b, example.shape), "y",
      within: Tolerance(length: 5e-7, peak: 5e-7))
  }

  @Test(arguments: examples) func gradientsAreTheTransposes(_ example: Example) {
    let (x, w, _, y) = numbers(example)
    let dy = backend.normal(y.shape, seed: 4)
    guard y.count > 0 else { return }
    expectAdjoint(
      y: y, dy: dy, x: x, dx: backend.convolutionInputGradient(dy, w, x: x, example.shape), "input gradient")
    expectAdjoint(y: y, dy: dy, x: w, dx: backend.convolutionWeightGradient(x, dy, example.shape), "weight gradient")
  }

  @Test func anEmptyBatchHasAZeroWeightGradient() {
    let dw = backend.convolutionWeightGradient(
      backend.zeros([0, 4, 4, 2]), backend.zeros([0, 4, 4, 3]), ConvolutionShape(kernel: 3, padding: 1))
    #expect(dw.shape == [3, 3, 2, 3] && dw.values.allSatisfy { $0 == 0 })
  }

  private func numbers(_ example: Example) -> (x: Tensor, w: Tensor, b: Tensor, y: Tensor) {
    let x = backend.normal(example.x, seed: 1)
    let w = backend.normal([example.shape.kernel, example.shape.kernel, example.x[3], example.outputs], seed: 2)
    return (x, w, backend.normal([example.outputs], seed: 3), backend.convolution(x, w, bias: nil, residual: nil, example.shape).y)
  }

  private func definition(_ x: Tensor, _ w: Tensor, _ b: Tensor, _ shape: ConvolutionShape) -> StateTensor {
    let (n, h, width, c, k) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3], w.shape[3])
    let (oh, ow) = (
      (h + 2 * shape.padding - shape.kernel) / shape.stride + 1, (width + 2 * shape.padding - shape.kernel) / shape.stride + 1
    )
    let (xs, ws, bs) = (x.values, w.values, b.values)
    var y: [Float] = []
    for i in 0..<n {
      for place in 0..<oh * ow {
        var sums = bs.map(Double.init)
        for tap in 0..<shape.kernel * shape.kernel {
          let row = place / ow * shape.stride - shape.padding + tap / shape.kernel
          let column = place % ow * shape.stride - shape.padding + tap % shape.kernel
          guard (0..<h).contains(row), (0..<width).contains(column) else { continue }
          for j in 0..<c {
            let number = Double(xs[((i * h + row) * width + column) * c + j])
            for o in 0..<k { sums[o] += number * Double(ws[(tap * c + j) * k + o]) }
          }
        }
        y += sums.map(Float.init)
      }
    }
    return StateTensor(shape: [n, oh, ow, k], values: y)
  }
}
