import NN
import NNKernels
import TestSupport
import Testing

/// The gradients of linear operations are their transposes: <A x, y> = <x, A' y>.
@Suite struct AdjointTests {
  private let backend = CPUBackend(threads: 2)
  static let images = [[1, 1, 1, 1], [1, 2, 2, 1], [2, 8, 4, 3], [1, 5, 7, 3], [3, 9, 6, 1], [5, 4, 4, 20]]

  @Test(arguments: [(1, 1, 1), (5, 13, 7), (33, 4, 1), (16, 3, 40), (47, 20, 3)])
  func linearLayers(_ n: Int, _ c: Int, _ k: Int) {
    let (x, w) = (backend.normal([n, c], seed: 1), backend.normal([k, c], seed: 2))
    let y = backend.linear(x, w, bias: nil)
    let dy = backend.normal([n, k], seed: 3)
    expectAdjoint(y: y, dy: dy, x: x, dx: backend.linearInputGradient(dy, w), "input gradient")
    expectAdjoint(y: y, dy: dy, x: w, dx: backend.linearWeightGradient(x, dy), "weight gradient")
  }

  @Test(arguments: [[1, 1], [700, 3], [2, 20, 20, 5]])
  func theSumOfColumnsIsTheGradientOfABias(_ shape: [Int]) throws {
    let c = try #require(shape.last)
    let (b, dy) = (backend.normal([c], seed: 1), backend.normal(shape, seed: 2))
    let rows = dy.count / c
    let y = backend.tensor((0..<rows).flatMap { _ in b.values }, shape)
    expectAdjoint(y: y, dy: dy, x: b, dx: backend.columnSums(dy))
  }

  @Test(arguments: images, [1, 2, 3, 4])
  func averagePooling(_ shape: [Int], _ k: Int) {
    guard shape[1] >= k, shape[2] >= k else { return }
    check(shape) { $1.averagePool($0, k) }
  }

  @Test(arguments: images) func upsampling(_ shape: [Int]) { check(shape) { $1.upsample($0) } }

  @Test(arguments: images) func sumPooling(_ shape: [Int]) { check(shape) { $1.sumPool($0) } }

  @Test(arguments: images) func reshaping(_ shape: [Int]) {
    check(shape) { $1.reshape($0, [shape[0], shape.dropFirst().reduce(1, *)]) }
  }

  @Test(arguments: [(5, 7, 1, 3, 1, 1), (5, 7, 3, 3, 2, 1), (4, 4, 2, 1, 2, 0), (8, 6, 2, 3, 1, 0), (7, 5, 3, 5, 3, 2), (1, 1, 3, 3, 1, 1)])
  func scatteringPatchesUndoesGatheringThem(_ h: Int, _ w: Int, _ c: Int, _ kernel: Int, _ stride: Int, _ padding: Int) {
    let g = PatchGeometry(height: h, width: w, channels: c, kernel: kernel, stride: stride, padding: padding)
    let x = backend.normal([h, w, c], seed: 1)
    let dPatches = backend.normal([g.outputHeight * g.outputWidth, g.patchSize], seed: 2)
    var patches = [Float](repeating: .nan, count: dPatches.count)
    var dx = [Float](repeating: 0, count: x.count)
    patches.withUnsafeMutableBufferPointer { KernelChoice.best.kernels.gatherPatches(x.values, rows: 0..<g.outputHeight, g, into: $0.baseAddress!) }
    dx.withUnsafeMutableBufferPointer { KernelChoice.best.kernels.scatterPatches(dPatches.values, g, addingTo: $0.baseAddress!) }
    expectAdjoint(y: backend.tensor(patches, dPatches.shape), dy: dPatches, x: x, dx: backend.tensor(dx, x.shape))
  }

  private func check(_ shape: [Int], _ operation: (Variable, inout Tape) -> Variable, sourceLocation: SourceLocation = #_sourceLocation) {
    let x = backend.normal(shape, seed: 1)
    let dy = backend.normal(LayerRun(backend, x, operation).y.shape, seed: 2)
    let run = LayerRun(backend, x, dy: dy, operation)
    guard let dx = run.dx else {
      Issue.record("no gradient", sourceLocation: sourceLocation)
      return
    }
    expectAdjoint(y: run.y, dy: dy, x: x, dx: dx, "\(shape)", sourceLocation: sourceLocation)
  }
}
