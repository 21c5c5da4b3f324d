/// Loops over raw memory, compiled once for every kind of processor; `KernelChoice` says which are there.
///
/// They check nothing, allocate nothing and know no threads: a caller cuts the work into chunks. Entry points are coarse enough for
/// the call through this protocol to cost nothing visible.
public protocol Kernels: Sendable {
  /// The instruction set, in the words of records: "AVX-512", "AVX2", "portable".
  var name: String { get }
  /// The fast convolutions take numbers of channels that are multiples of this.
  var channelBlock: Int { get }

  // Elementwise; each on the elements of a range
  /// y += a * x.
  func addScaled(_ a: Float, _ x: Source, to y: Target, _ range: Range<Int>)

  /// y = a * x.
  func scale(_ a: Float, _ x: Source, into y: Target, _ range: Range<Int>)

  /// y = a + b.
  func sum(_ a: Source, _ b: Source, into y: Target, _ range: Range<Int>)

  /// target <- keep * target + (1 - keep) * x: an exponential moving average.
  func average(_ x: Source, keep: Float, into target: Target, _ range: Range<Int>)

  /// Leaky ReLU: y = x where x > 0, else negativeSlope * x. Slope 0 is ReLU.
  func leakyReLU(_ x: Source, negativeSlope: Float, into y: Target, _ range: Range<Int>)

  /// dx = dy where x > 0, else negativeSlope * dy (at x = 0 the negativeSlope, as PyTorch has it).
  func leakyReLUGradient(_ x: Source, _ dy: Source, negativeSlope: Float, into dx: Target, _ range: Range<Int>)

  /// dx = dy * (1 - y^2) for y = tanh(x).
  func tanhGradient(_ y: Source, _ dy: Source, into dx: Target, _ range: Range<Int>)

  /// y[row, column] += bias[column] for the rows of a (rows, columns) matrix.
  func addBias(_ bias: Source, columns: Int, to y: Target, rows: Range<Int>)

  /// sums[column] += y[row, column] over the rows.
  func addColumns(_ y: Source, columns: Int, rows: Range<Int>, to sums: Target)

  /// Sum of squares of a range, in Double: blocks of 256 numbers summed in Float with 8 lanes.
  func sumOfSquares(_ x: Source, _ range: Range<Int>) -> Double

  // Normalisation
  /// Mean and sum of squared deviations of every channel over a chunk of rows, by sums shifted with the chunk's first row: no
  /// cancellation however far the mean lies from zero.
  ///
  /// x: (rows, C); mean, deviations: (C).
  func chunkStatistics(_ x: Source, rows: Int, channels c: Int, mean: Target, deviations: Target)

  /// y = (x - mean) * factor + shift (+ residual) for the pixels of one image; mean, factor, shift: (C).
  ///
  /// Where `halves`, y is the mean of that over 2 x 2 pixels: (H / 2, W / 2, C), as is `residual`.
  func normalise(
    _ x: Source, _ image: ImageSize, halves: Bool, mean: Source, factor: Source, shift: Source, residual: Source?, into y: Target)

  /// For one image, per channel: sumDy = sum dy and sumDyX = sum dy * (x - mean) * inverse, in blocks of one row of pixels, blocks
  /// added in Double. `block` is scratch of 2 C numbers. Where `halves`, dy (H / 2, W / 2, C) counts a quarter for each of 2 x 2 pixels.
  func gradientSums(
    _ x: Source, _ dy: Source, _ image: ImageSize, halves: Bool, mean: Source, inverse: Source, block: Target,
    sumDy: UnsafeMutablePointer<Double>, sumDyX: UnsafeMutablePointer<Double>)

  /// dx = factor * dy - a - b * (x - mean) for the pixels of one image, the gradient of batch normalisation with
  /// factor = gamma * inverse, a = inverse * mean(gamma dy), b = inverse^2 * mean(gamma dy x̂); all (C). dy as in `gradientSums`.
  func normaliseGradient(
    _ x: Source, _ dy: Source, _ image: ImageSize, halves: Bool, mean: Source, factor: Source, a: Source, b: Source, into dx: Target)

  // Steps of optimisers and attacks
  /// One Adam step with bias correction, as PyTorch computes it:
  /// g += decay * w;  m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;  w -= rate / (1 - b1^t) * m / (sqrt(v / (1 - b2^t)) + epsilon).
  func adamStep(
    _ w: Target, _ g: Source, m: Target, v: Target, rate: Float, beta1: Float, beta2: Float, share1: Float, share2: Float, epsilon: Float,
    decay: Float, correction1: Float, correction2: Float, _ range: Range<Int>)

  /// One step of gradient descent with momentum: g += decay * w;  velocity <- momentum * velocity + g;  w -= rate * velocity.
  func momentumStep(_ w: Target, _ g: Source, velocity: Target, rate: Float, momentum: Float, decay: Float, _ range: Range<Int>)

  /// One step of projected gradient ascent in the L-infinity ball (paper eq. 2):
  /// x' <- clamp(x + clamp(x' + step * sign(g) - x, -radius, radius), low, high), with sign(0) = 0.
  func signStep(_ x: Source, _ g: Source, step: Float, radius: Float, low: Float, high: Float, adversarial: Target, _ range: Range<Int>)

  // Patches (im2col) of one image
  /// im2col of one image: for the output rows `rows`, one row of `patchSize` numbers an output pixel; zeros outside the image.
  ///
  /// x: (H, W, C); patches: (rows.count * outputWidth, kernel, kernel, C).
  func gatherPatches(_ x: Source, rows: Range<Int>, _ g: PatchGeometry, into patches: Target)

  /// col2im of one image, the transpose of `gatherPatches`: adds every patch number to the pixel it came from.
  ///
  /// dPatches: (outputHeight * outputWidth, kernel, kernel, C); dx: (H, W, C), added to.
  func scatterPatches(_ dPatches: Source, _ g: PatchGeometry, addingTo dx: Target)

  /// The filter of the input gradient of a convolution with stride 1: turned by 180 degrees, input and output channels exchanged.
  ///
  /// w: (kernel, kernel, C, K); flipped: (kernel, kernel, K, C).
  func flipFilter(_ w: Source, kernel: Int, c: Int, k: Int, into flipped: Target)

  // Pooling of one image
  /// Sum over k x k windows of one image times `factor`. With factor 1 / k^2 average pooling; with factor 1 the gradient of
  /// nearest upsampling.
  ///
  /// x: (H, W, C); y: (H / k, W / k, C). A remainder of H or W by k is skipped, as PyTorch's pooling does.
  func poolSum(_ x: Source, height: Int, width: Int, channels c: Int, k: Int, factor: Float, into y: Target)

  /// Every pixel repeated k x k times, times `factor`: nearest upsampling with factor 1, the gradient of average pooling with 1 / k^2.
  ///
  /// x: (h, w, C); y: (H, W, C) with H = h * k + a remainder that gets zeros.
  func spread(_ x: Source, height: Int, width: Int, channels c: Int, k: Int, factor: Float, into y: Target, outHeight: Int, outWidth: Int)

  /// y += every pixel of x repeated k x k times, times `factor`; y has rows of `outWidth` pixels.
  func addSpread(_ x: Source, height: Int, width: Int, channels c: Int, k: Int, factor: Float, to y: Target, outWidth: Int)

  /// Maximum over 2 x 2 windows of one image; NaN where a window holds one. x: (H, W, C); y: (H / 2, W / 2, C).
  func poolMaximum(_ x: Source, height: Int, width: Int, channels c: Int, into y: Target)

  /// Gradient of `poolMaximum`: all of dy goes to the first pixel (row by row) that holds the maximum, or to the last NaN, as in
  /// PyTorch.
  func poolMaximumGradient(_ x: Source, _ dy: Source, height: Int, width: Int, channels c: Int, into dx: Target)

  /// Sum over all pixels of one image. x: (pixels, C); y: (C).
  func poolAll(_ x: Source, pixels: Int, channels c: Int, into y: Target)

  /// Gradient of `poolAll`: dy repeated for every pixel.
  func poolAllGradient(_ dy: Source, pixels: Int, channels c: Int, into dx: Target)

  // 3 x 3 convolutions by Winograd's tiles; channels are multiples of `channelBlock`. `scratch` is a worker's own, of the size
  // asked for; `zeros` are as many zeros as there are input or output channels.
  /// Packs the transformed filter of w (3, 3, C, K), the input channels `channels` alone, into u (36 C K numbers in an order of the
  /// kernels' own). `scratch`: 12,288 numbers.
  func transformFilter(_ w: Source, inputs: Int, outputs: Int, channels: Range<Int>, into u: Target, scratch: Target)

  /// The same of the input gradient's filter: turned by 180 degrees, K input and C output channels. `channels` are among the K.
  func transformTurnedFilter(_ w: Source, inputs: Int, outputs: Int, channels: Range<Int>, into u: Target, scratch: Target)

  /// Scratch for `convolve` in groups of so many tiles.
  func convolutionScratch(inputs: Int, tiles: Int) -> Int

  /// Tiles `first ..< first + count` of a convolution, in groups of `tiles`.
  func convolve(_ job: WinogradConvolution, first: Int, count: Int, tiles: Int, scratch: Target, zeros: Source)

  /// Numbers that the transformed inputs of so many tiles take.
  func transformedInputs(inputs: Int, tiles: Int) -> Int

  /// Transforms inputs of tiles `first ..< first + count` into the places from `place` on of `v`, which has room for `tiles` tiles.
  func transformInputs(_ inputs: TileInputs, first: Int, count: Int, place: Int, tiles: Int, into v: Target, scratch: Target, zeros: Source)

  /// How many blocks of output channels there are.
  func outputBlocks(outputs: Int) -> Int

  /// Scratch for `convolveTransformed` with so many blocks and tiles.
  func transformedScratch(blocks: Int, tiles: Int) -> Int

  /// Outputs of tiles `first ..< first + count` and some blocks of output channels, from inputs transformed into the places from
  /// `place` on of `v`, which has room for `tiles` tiles.
  func convolveTransformed(
    _ job: WinogradConvolution, first: Int, count: Int, blocks: Range<Int>, v: Source, place: Int, tiles: Int, scratch: Target)

  /// Scratch for `weightGradient` in chunks of so many tiles.
  func weightGradientScratch(inputs: Int, outputs: Int, tiles: Int) -> Int

  /// Sets a share of `sums` (36, C, K) to that of tiles `first ..< first + count`, chunk by chunk of `tiles` tiles.
  func weightGradient(
    _ job: WinogradWeightGradient, _ share: WeightGradientShare, first: Int, count: Int, tiles: Int, into sums: Target, scratch: Target,
    zeros: Source)

  /// Transforms gradients of tiles `first ..< first + count` into the places from `place` on of `d`, which has room for `tiles` tiles
  /// of K channels.
  func transformGradients(
    _ job: WinogradWeightGradient, first: Int, count: Int, place: Int, tiles: Int, into d: Target, scratch: Target, zeros: Source)

  /// Sets, or adds to, the sums of some input and output channels over `tiles` tiles whose inputs and gradients were transformed into
  /// `v` and `d`. `sums` starts at the first of the channels and outputs.
  func sumTransformed(
    _ job: WinogradWeightGradient, v: Source, d: Source, tiles: Int, channels: Range<Int>, outputs: Range<Int>, isFresh: Bool,
    into sums: GradientSums)

  /// dw (3, 3, C, K) of some input and output channels from the sums of all groups, added first to last; `sums` starts at the first
  /// of the channels and outputs. `scratch`: 512 numbers.
  func finishWeightGradient(
    _ job: WinogradWeightGradient, _ sums: GradientSums, groups: Int, channels: Range<Int>, outputs: Range<Int>, into dw: Target,
    scratch: Target)

  // 3 x 3 convolutions between three channels and many (a multiple of `channelBlock`)
  /// y (rows, W, K) = w (3, 3, 3, K) * x (+ bias) of output rows `rows` of one image x (H, W, 3); where a gate is given, multiplied
  /// by `gateNegativeSlope` where that is not positive. `gate` and `y` start at the first of the rows. `scratch`: (rows + 2) (W + 2) 3 numbers.
  func convolveThreeToMany(
    _ x: Source, height: Int, width: Int, rows: Range<Int>, _ w: Source, outputs: Int, bias: Source?, gate: Source?, gateNegativeSlope: Float,
    into y: Target, scratch: Target)

  /// y (rows, W, 3) = w * x (+ bias) of output rows `rows` of one image x (H, W, C), x activated where a negativeSlope is given.
  ///
  /// w: (C, 32), column 3 tap + o for output o, the rest zeros. `scratch`: (rows + 2) W 32 + W C numbers.
  func convolveManyToThree(
    _ x: Source, height: Int, width: Int, inputs: Int, rows: Range<Int>, _ w: Source, negativeSlope: Float?, bias: Source?, into y: Target,
    scratch: Target)

  /// sums (27, K) += the weight gradient of `convolveThreeToMany` over one image: x (H, W, 3), dy (H, W, K), the latter activated
  /// where a negativeSlope is given. `scratch`: (H + 2) (W + 2) 3 numbers.
  func threeToManyWeightGradient(
    _ x: Source, _ dy: Source, height: Int, width: Int, outputs: Int, negativeSlope: Float?, into sums: Target, scratch: Target)

  // Peaks, to measure the others against
  /// Floating-point operations of one round of `multiplyAdds`.
  var operationsPerRound: Int { get }

  /// Multiplies and adds in registers alone, as fast as the processor can. The result means nothing; it depends on all of them.
  func multiplyAdds(rounds: Int, start: Float) -> Float

  /// Sum of a range, in no order to rely on: as fast as memory can be read.
  func total(_ x: Source, _ range: Range<Int>) -> Float
}
