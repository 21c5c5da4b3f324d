import NN

/// The local Lipschitz value of the paper's Fig. 1: the L2 norm of the gradient of the classification loss by the picture.
public enum LocalLipschitz {
  /// One norm a picture, per unit of the [-1, 1] pixel scale (half of the value per unit of [0, 1]); inference mode.
  ///
  /// The paper's eq. (6) has the norm, not its square; so has this.
  public static func norms(_ model: DiscriminatorModel, _ pictures: Tensor, _ labels: [Int]) -> [Double] {
    // The loss is a mean over the batch, each picture's own gradient N times as large.
    let (gradient, _) = model.slope(of: pictures, labels, .class)
    return model.backend.rowNorms(gradient).map { $0 * Double(labels.count) }
  }
}
