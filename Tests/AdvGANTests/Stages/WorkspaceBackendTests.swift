import IO
import Jobs
import NN
import Testing

@testable import AdvGAN

/// A stage computes on the threads and by the kernels that it was given.
@Suite struct WorkspaceBackendTests {
  private func workspace(threads: Int = 1, kernels: String?) -> Workspace {
    let checkpoints = CheckpointStore(
      folder: "nowhere", fingerprint: SHA256.digest(of: []), policy: CheckpointPolicy(every: 1e9, keep: 2), processor: "test", on: LocalDisk(), time: { 0 })
    return Workspace(inputs: [:], output: "nowhere", checkpoints: checkpoints, threads: threads, kernels: kernels)
  }

  @Test(arguments: KernelChoice.all.map(\.key)) func theNamedKernelsAreTaken(_ key: String) throws {
    let backend = try #require(workspace(threads: 3, kernels: key).backend(.exact) as? CPUBackend)
    #expect(backend.choice.key == key && backend.threads == 3 && backend.convolutions == .exact)
  }

  @Test func withoutANameItIsTheBest() throws {
    let backend = try #require(workspace(kernels: nil).backend(.winograd) as? CPUBackend)
    #expect(backend.choice.key == KernelChoice.best.key && backend.convolutions == .winograd)
  }

  @Test func unknownKernelsAreSaidSo() throws {
    let known = KernelChoice.all.map(\.key).joined(separator: ", ")
    #expect(throws: StageError("there are no kernels 'abacus' in this build; known: \(known)")) {
      try workspace(kernels: "abacus").backend(.winograd)
    }
  }

  @Test func aTwinComputesTheSame() throws {
    for choice in KernelChoice.all {
      for method in ConvolutionMethod.allCases {
        let twin = try #require(CPUBackend(threads: 2, kernels: choice, convolutions: method).twin(threads: 1) as? CPUBackend)
        #expect(twin.choice.key == choice.key && twin.convolutions == method && twin.threads == 1)
      }
    }
  }
}
