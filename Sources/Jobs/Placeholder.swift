// The first rooms of Jobs are being built.
