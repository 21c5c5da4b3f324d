/// Operations that memory limits.
extension KernelCase {
  /// Batch normalisation of (batch, side, side, c): batchStatistics, forward, and all gradients of the training phase.
  public static func normalisation(batch n: Int, side: Int, _ c: Int) -> [KernelCase] {
    let (dimensions, count) = ([n, side, side, c], n * side * side * c)
    func one(
      _ name: String, _ work: Work, _ compute: @escaping (CPUBackend, _ x: Tensor, Normalisation, _ dy: Tensor) -> Void
    ) -> KernelCase {
      KernelCase(name: name, shape: "\(n) x \(side) x \(side) x \(c)", work: work) { backend in
        let (x, dy) = (backend.noise(dimensions), backend.noise(dimensions))
        let normalisation = Normalisation(backend.batchStatistics(x), epsilon: 1e-5, gamma: backend.noise([1, c]))
        return { compute(backend, x, normalisation, dy) }
      }
    }
    return [
      one("batchStatistics", .numbers(read: count, written: 0)) { backend, x, _, _ in _ = backend.batchStatistics(x) },
      one("normalise", .numbers(read: count, written: count)) { backend, x, normalisation, _ in
        _ = backend.normalise(x, by: normalisation, beta: normalisation.gamma, residual: nil)
      },
      one("normalise gradients", .numbers(read: 2 * count, written: count)) { backend, x, normalisation, dy in
        _ = backend.normaliseGradients(x, dy, by: normalisation, throughStatistics: true, wants: .init(x: true, tables: true))
      },
    ]
  }

  /// ReLU, sum and average pooling of (batch, side, side, c).
  public static func elementwise(batch n: Int, side: Int, _ c: Int) -> [KernelCase] {
    let (dimensions, count) = ([n, side, side, c], n * side * side * c)
    func one(_ name: String, _ work: Work, _ compute: @escaping (CPUBackend, _ x: Tensor, _ y: Tensor) -> Void) -> KernelCase {
      KernelCase(name: name, shape: "\(n) x \(side) x \(side) x \(c)", work: work) { backend in
        let (x, y) = (backend.noise(dimensions), backend.noise(dimensions))
        return { compute(backend, x, y) }
      }
    }
    return [
      one("leakyReLU", .numbers(read: count, written: count)) { backend, x, _ in _ = backend.leakyReLU(x, negativeSlope: 0) },
      one("add", .numbers(read: 2 * count, written: count)) { backend, x, y in _ = backend.sum(x, y) },
      one("average pool", .numbers(read: count, written: count / 4)) { backend, x, _ in _ = backend.averagePool(x, 2) },
    ]
  }

  /// A step of Adam on so many weights.
  public static func adam(_ count: Int) -> KernelCase {
    KernelCase(name: "adam", shape: "\(count)", work: .numbers(read: 4 * count, written: 3 * count)) { backend in
      var updates = [
        AdamUpdate(w: backend.noise([count]), gradient: backend.noise([count]), m: backend.zeros([count]), v: backend.zeros([count]))
      ]
      let step = AdamStep(
        rate: 1e-4, beta1: 0, beta2: 0.9, share1: 1, share2: 0.1, epsilon: 1e-8, decay: 0, correction1: 1, correction2: 0.1)
      return { backend.adam(&updates, step) }
    }
  }
}
