// The first rooms of IO are being built.
