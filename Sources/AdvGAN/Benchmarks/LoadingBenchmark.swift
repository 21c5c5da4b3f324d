import IO
import NN

/// How many images reach a training in a second: batches of a data set, read from its tar and augmented as a co-training does it, and
/// taken as soon as they are there.
public struct LoadingBenchmark {
  /// Pixels a side, as they are kept and as they are delivered.
  public let stored: Int, side: Int
  /// The images that were taken, without those of the first batch.
  public private(set) var taken = 0
  /// The images of a batch.
  public let batch: Int
  private let loader: BatchLoader<TrainingBatch>
  private var step = 1

  /// - Parameters:
  ///   - path: the artifact of an extract stage; its training images are taken, nothing is kept in memory.
  ///   - crop: the square that is cut out of each image; nil for the whole.
  ///   - threads: that read images.
  /// - Throws: `FileError`, `StageError` for images that are too small for the network, or fewer than a batch.
  public init(_ path: FilePath, for network: NetworkKind, crop: RandomCrop?, batch: Int, threads: Int, on backend: any Backend) throws {
    let images = try Dataset(artifactAt: path, only: [.train], inMemory: 0).fitted(to: network).split(.train)
    let stream = RandomStream(seed: 0)
    let order = try EpochOrder(images: images.count, batch: batch, stream)
    (stored, side, self.batch) = (images.height, network.side, batch)
    loader = BatchLoader(
      of: images, in: order, epochs: .max / order.steps, Augmentation(flips: true, shift: 0, noise: .dequantise, crop: crop), stream,
      beside: backend, threads: threads)
    _ = try loader.batch(at: 0)
  }

  /// Takes batches for so many seconds by `clock`, at least one.
  /// - Returns: images a second.
  /// - Throws: what reading an image throws.
  public mutating func rate(seconds: Double, clock: () -> Double) throws -> Double {
    let start = clock()
    repeat {
      _ = try loader.batch(at: step)
      (step, taken) = (step + 1, taken + batch)
    } while clock() < start + seconds
    return Double(taken) / (clock() - start)
  }
}
