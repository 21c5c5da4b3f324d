import TestSupport
import Testing

@testable import NN

/// A 3 x 3 convolution with what surrounds it, over fixed random numbers.
struct ConvolutionExample: CustomTestStringConvertible, Sendable {
  let x: [Int], outputs: Int
  let shape: ConvolutionShape
  let bias: Bool, residual: Bool

  init(
    _ x: [Int], _ outputs: Int, negativeSlope: Float? = nil, upsamples: Bool = false, halves: Bool = false, bias: Bool = false,
    residual: Bool = false, repeated: Bool = false
  ) {
    self.x = x
    self.outputs = outputs
    var shape = ConvolutionShape(kernel: 3, padding: 1)
    shape.negativeSlope = negativeSlope
    shape.upsamples = upsamples
    shape.halves = halves
    shape.repeatsResidual = repeated
    self.shape = shape
    self.bias = bias
    self.residual = residual || repeated
  }

  var testDescription: String {
    let surroundings = [
      shape.negativeSlope.map { "negativeSlope \($0)" }, shape.upsamples ? "upsampled" : nil, shape.halves ? "halved" : nil, bias ? "bias" : nil,
      shape.repeatsResidual ? "repeated residual" : residual ? "residual" : nil,
    ]
    return (["\(x) -> \(outputs)"] + surroundings.compactMap(\.self)).joined(separator: ", ")
  }

  /// What a backend makes of it.
  struct Results {
    let y: Tensor, dx: Tensor, dw: Tensor
  }

  func computed(on backend: CPUBackend) -> Results {
    let given = Given(self, on: backend)
    return Results(
      y: backend.convolution(given.x, given.w, bias: given.b, residual: given.residual, shape).y,
      dx: backend.convolutionInputGradient(given.dy, given.w, x: given.x, shape),
      dw: backend.convolutionWeightGradient(given.x, given.dy, shape))
  }

  func defined(on backend: CPUBackend) -> PlainConvolution {
    let given = Given(self, on: backend)
    return PlainConvolution(given.x, given.w, bias: given.b, residual: given.residual, dy: given.dy, shape)
  }

  private struct Given {
    let x: Tensor, w: Tensor, b: Tensor?, residual: Tensor?, dy: Tensor

    init(_ example: ConvolutionExample, on backend: CPUBackend) {
      let (k, shape) = (example.outputs, example.shape)
      let output = [example.x[0], shape.outputSize(example.x[1]), shape.outputSize(example.x[2]), k]
      x = backend.normal(example.x, seed: 1)
      w = backend.normal([3, 3, example.x[3], k], seed: 2)
      b = example.bias ? backend.normal([k], seed: 3) : nil
      let small = shape.repeatsResidual ? [output[0], output[1] / 2, output[2] / 2, k] : output
      residual = example.residual ? backend.normal(small, seed: 4) : nil
      dy = backend.normal(output, seed: 5)
    }
  }
}

extension ConvolutionExample.Results {
  /// Each of the three by its relative Euclidean length.
  func expect(_ expected: PlainConvolution, within length: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    // Single numbers may err by more, where their neighbours are large.
    let tolerance = Tolerance(length: length, peak: 4 * length)
    expectAgreement(y, expected.y, "y", within: tolerance, sourceLocation: sourceLocation)
    expectAgreement(dx, expected.dx, "dx", within: tolerance, sourceLocation: sourceLocation)
    expectAgreement(dw, expected.dw, "dw", within: tolerance, sourceLocation: sourceLocation)
  }
}
