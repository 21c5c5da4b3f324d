import IO
import NN

/// A random square cut out of a square image, as torchvision's `RandomResizedCrop` does it with a ratio of 1.
public struct RandomCrop: Equatable, Sendable {
  /// Shares of the image's area that a square may have, each equally likely; above 0, at most 1.
  public let shares: ClosedRange<Double>

  public init(shares: ClosedRange<Double>) {
    precondition(shares.lowerBound > 0 && shares.upperBound <= 1, "RandomCrop: shares must lie above 0 and up to 1, got \(shares)")
    self.shares = shares
  }

  /// The square of an image of so many pixels a side: its side is round(sqrt(share * side * side)), its place any, equally likely.
  func box(in side: Int, _ chance: inout RandomStream) -> ImageBox {
    let share = shares.lowerBound + (shares.upperBound - shares.lowerBound) * chance.fraction()
    let cut = min(max(1, Int((share * Double(side * side)).squareRoot().rounded())), side)
    return ImageBox(x: chance.integer(below: side - cut + 1), y: chance.integer(below: side - cut + 1), width: cut, height: cut)
  }
}
