import Glibc

/// y = tanh(x), by the C library.
public func hyperbolicTangent(_ x: Source, into y: Target, _ range: Range<Int>) {
  for i in range { y[i] = tanhf(x[i]) }
}
