/// A layer of a network, or an operation between layers, as the tables of papers list them.
public indirect enum Layer: Sendable {
  case convolution(Convolution)
  case linear(Linear)
  case batchNorm(BatchNorm)
  /// Takes the class of each image.
  case conditionalBatchNorm(ConditionalBatchNorm)
  case relu
  case leakyReLU(Float)
  case tanh
  /// Every pixel is repeated 2 x 2 times.
  case upsample
  case averagePool(Int)
  /// Over 2 x 2 pixels.
  case maximumPool
  /// Over all pixels: (N, H, W, C) -> (N, C).
  case sumPool
  /// (N, ...) -> (N, these).
  case reshape([Int])
  /// (N, ...) -> (N, elements of an image).
  case flatten
  /// main(x) + side(x); an empty side is x itself.
  case residual(main: [Layer?], side: [Layer?])
}

/// Layers one after another, written in the order of the paper. How they are computed together is decided here, once.
///
/// A convolution takes in the activation and the upsampling before it, the norm, the pooling and the sum behind it. A 1 x 1 convolution
/// and nearest upsampling, a maximum and a ReLU change places: each pair gives the same elements either way round.
public struct Sequential: Sendable {
  private let steps: [Step]

  /// nil stands for a layer that this network goes without.
  public init(_ layers: [Layer?]) { steps = Step.fused(layers.compactMap(\.self), precedesNorm: false) }

  /// `labels`: the class of each image, for conditional norms.
  public func callAsFunction(_ x: Variable, labels: [Int] = [], _ pass: Pass, _ tape: inout Tape) -> Variable {
    Step.run(steps, x, labels, plus: nil, pass, &tape)
  }
}

/// Something that is computed at once.
private indirect enum Step: Sendable {
  case convolution(Convolution, Convolution.Surroundings)
  case norm(any Norm)
  case residual(main: [Step], side: [Step])
  case layer(Layer)
}

/// Fusing.
extension Step {
  /// - Parameter precedesNorm: whether a norm follows the last layer.
  fileprivate static func fused(_ layers: [Layer], precedesNorm: Bool) -> [Step] {
    var steps: [Step] = []
    var rest = exchanged(layers)[...]
    while let first = rest.first {
      let front = Front(rest)
      if let convolution = front.convolution {
        rest.removeFirst(front.length)
        var surroundings = Convolution.Surroundings(negativeSlope: front.negativeSlope, upsamples: front.upsamples)
        if let norm = rest.first?.norm {
          surroundings.norm = norm
          rest.removeFirst()
        }
        if case .averagePool(2)? = rest.first {
          surroundings.halves = true
          rest.removeFirst()
        }
        surroundings.precedesNorm = surroundings.norm == nil && (rest.first.map(\.beginsWithNorm) ?? precedesNorm)
        steps.append(.convolution(convolution, surroundings))
        continue
      }
      rest.removeFirst()
      if let norm = first.norm {
        steps.append(.norm(norm))
      } else if case .residual(let main, let side) = first {
        steps.append(residual(main.compactMap(\.self), side.compactMap(\.self), precedesNorm: rest.first.map(\.beginsWithNorm) ?? precedesNorm))
      } else {
        steps.append(.layer(first))
      }
    }
    return steps
  }

  private static func residual(_ main: [Layer], _ side: [Layer], precedesNorm: Bool) -> Step {
    var (main, side) = (fused(main, precedesNorm: precedesNorm), fused(side, precedesNorm: false))
    // On the side, the 1 x 1 convolution comes first, at a quarter of the cost.
    if case .convolution(let last, var surroundings)? = main.last, surroundings.norm == nil, !surroundings.halves, side.count == 1,
      case .convolution(let pointwise, var beside) = side[0], pointwise.isPointwise, beside.upsamples, beside.negativeSlope == nil,
      beside.norm == nil
    {
      (beside.upsamples, surroundings.repeatsResidual) = (false, true)
      side = [.convolution(pointwise, beside)]
      main[main.count - 1] = .convolution(last, surroundings)
    }
    return .residual(main: main, side: side)
  }

  /// A maximum before the ReLU that precedes it, so that the next convolution can take in the ReLU.
  private static func exchanged(_ layers: [Layer]) -> [Layer] {
    var layers = layers
    for place in layers.indices.dropFirst() {
      if case .maximumPool = layers[place], case .relu = layers[place - 1] { layers.swapAt(place - 1, place) }
    }
    return layers
  }
}

/// What a convolution takes in of the layers before it, and the convolution itself.
private struct Front {
  private(set) var negativeSlope: Float?
  private(set) var upsamples = false
  private(set) var convolution: Convolution?
  /// How many layers these are.
  private(set) var length = 0

  init(_ layers: ArraySlice<Layer>) {
    for layer in layers {
      length += 1
      switch layer {
      case .relu where negativeSlope == nil && !upsamples: negativeSlope = 0
      case .leakyReLU(let slope) where negativeSlope == nil && !upsamples: negativeSlope = slope
      case .upsample where !upsamples: upsamples = true
      case .convolution(let found):
        convolution = found
        return
      default: return
      }
    }
  }
}

extension Layer {
  fileprivate var norm: (any Norm)? {
    switch self {
    case .batchNorm(let norm): norm
    case .conditionalBatchNorm(let norm): norm
    default: nil
    }
  }

  fileprivate var beginsWithNorm: Bool {
    if case .residual(let main, _) = self { return main.compactMap(\.self).first?.beginsWithNorm ?? false }
    return norm != nil
  }
}

/// Running.
extension Step {
  /// - Parameter residual: added to the result.
  fileprivate static func run(
    _ steps: [Step], _ x: Variable, _ labels: [Int], plus residual: Variable?, _ pass: Pass, _ tape: inout Tape
  ) -> Variable {
    var h = x
    var added = residual == nil
    for (place, step) in steps.enumerated() {
      let isLast = place == steps.count - 1
      switch step {
      case .convolution(let convolution, let surroundings):
        h = convolution(h, labels: labels, with: surroundings, plus: isLast ? residual : nil, pass, &tape)
        added = added || isLast
      case .norm(let norm): h = norm(h, labels: labels, halves: false, plus: nil, pass, &tape)
      case .residual(let main, let side):
        let beside = side.isEmpty ? h : run(side, h, labels, plus: nil, pass, &tape)
        h = run(main, h, labels, plus: beside, pass, &tape)
      case .layer(let layer): h = layer(h, pass, &tape)
      }
    }
    if !added, let residual { h = tape.add(h, residual) }
    return h
  }
}

extension Layer {
  /// Those that are computed by themselves.
  fileprivate func callAsFunction(_ x: Variable, _ pass: Pass, _ tape: inout Tape) -> Variable {
    switch self {
    case .linear(let linear): return linear(x, pass, &tape)
    case .relu: return tape.relu(x)
    case .leakyReLU(let slope): return tape.leakyReLU(x, negativeSlope: slope)
    case .tanh: return tape.tanh(x)
    case .upsample: return tape.upsample(x)
    case .averagePool(let k): return tape.averagePool(x, k)
    case .maximumPool: return tape.maximumPool(x)
    case .sumPool: return tape.sumPool(x)
    case .reshape(let shape): return tape.reshape(x, [x.shape[0]] + shape)
    case .flatten: return tape.reshape(x, [x.shape[0], x.shape.dropFirst().reduce(1, *)])
    case .convolution, .batchNorm, .conditionalBatchNorm, .residual: preconditionFailure("Sequential: \(self) is a step of its own")
    }
  }
}
