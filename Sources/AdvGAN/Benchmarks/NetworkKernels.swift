import NN

/// The operations that training spends its time in, at shapes of the networks.
public enum NetworkKernels {
  public static var cases: [KernelCase] {
    let inner = [
      (64, 128, 128, 32), (64, 128, 128, 8), (64, 256, 256, 16), (64, 64, 64, 64), (64, 512, 512, 8), (16, 64, 64, 128),
      (16, 1024, 1024, 8), (16, 1024, 1024, 4),
    ]
    return inner.flatMap { KernelCase.convolutions(batch: $0, $1, $2, side: $3) }
      + KernelCase.convolutions(batch: 64, 128, 128, side: 32, .upsampled) + KernelCase.convolutions(batch: 64, 128, 128, side: 32, .halved)
      // The discriminator's first layer, the generator's last, and a shortcut.
      + KernelCase.convolutions(batch: 64, 3, 128, side: 32) + KernelCase.convolutions(batch: 64, 64, 3, side: 32)
      + KernelCase.convolutions(batch: 64, 128, 128, side: 16, kernel: 1) + KernelCase.linear(batch: 64, 128, 16_384)
      + KernelCase.normalisation(batch: 64, side: 32, 128) + KernelCase.elementwise(batch: 64, side: 32, 128)
      + [KernelCase.adam(10_000_000)]
  }
}
