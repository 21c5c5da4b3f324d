// The first rooms of AdvGAN are being built.
