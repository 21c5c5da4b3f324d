import NNKernels

/// How transformed tiles lie in memory: [product][block of `lanes` channels][tile][lane], `tiles` tiles a plane.
///
/// A few numbers between planes keep the 36 places of one tile from falling into the same sets of the cache.
struct Packing {
  let tiles: Int, block: Int, plane: Int

  init(channels: Int, tiles: Int) {
    self.tiles = tiles
    block = tiles * lanes
    plane = channels / lanes * block + 16
  }

  /// Numbers that `planes` planes take, rounded up to whole cache lines.
  func size(planes: Int = Winograd.products) -> Int { (planes * plane + 63) / 64 * 64 }
}

/// Output channels that one block product makes: two vectors, or one where the channels do not allow more.
@inline(__always)
func vectorsPerBlock(outputs: Int) -> Int { outputs % (2 * lanes) == 0 ? 2 : 1 }

/// Reads one number of every cache line, so that the lines are on their way before they are needed one by one.
@inline(never)
func touch(_ p: Source, _ count: Int) -> Float {
  var sum: Float = 0
  var i = 0
  while i < count {
    sum += p[i]
    i += 16
  }
  return sum
}
