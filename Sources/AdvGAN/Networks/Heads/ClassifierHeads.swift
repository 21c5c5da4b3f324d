import NN

/// AC-GAN's heads: an adversarial logit and class logits, each a linear layer on the features (paper Fig. 4 d). They see no labels.
/// A network that only classifies has no adversarial head.
struct ClassifierHeads: DiscriminatorHeads {
  let adversarial: Linear?, classes: Linear

  func callAsFunction(_ features: Variable, labels: [Int]?, _ pass: Pass, _ tape: inout Tape) -> DiscriminatorOutput {
    DiscriminatorOutput(
      features: features, adversarial: adversarial.map { $0(features, pass, &tape) }, classes: classes(features, pass, &tape))
  }
}
