import Foundation

/// Generated images of the co-trainings side by side (the paper's Fig. 6).
struct SampleSection: ReportSection {
  static let anchor = "samples", title = "Generated images"

  let study: Study

  var blocks: [ReportBlock] { markup.map { [.words($0)] } ?? [] }

  var absences: [String] {
    let cotrainings = study.histories.filter(\.isCotraining)
    let losses = Set(cotrainings.compactMap { $0.stage.setting("loss") })
    return (cotrainings.allSatisfy(\.samples.isEmpty)
      ? ["Generated images (the paper's Fig. 6): no co-training with samples is among the histories."] : [])
      + (losses.count == 1
        ? ["A comparison of the two losses (the paper's Fig. 6): only a co-training with the loss '\(losses.first ?? "")' was run."] : [])
  }

  /// At most this many earlier epochs are shown, small, beside the last.
  static let earlierEpochs = 6

  /// Nil when no training drew samples.
  private var markup: Markup? {
    let cards = study.histories.compactMap(card)
    if cards.isEmpty { return nil }
    return """
      <p>Each column is one class, each row one draw of the generator's noise. The images are enlarged without smoothing. Samples show what one
      generator draws; they measure nothing.</p>
      <div class="figures">
      \(cards.lines())</div>

      """
  }

  private func card(_ trained: Study.Trained) -> Markup? {
    let samples = trained.samples.sorted { $0.epoch < $1.epoch }
    guard let last = samples.last else { return nil }
    let label = study.label(of: trained)
    let loss = trained.stage.setting("loss").map { ", loss: \($0)" } ?? ""
    let earlier = Self.spread(samples.dropLast(), Self.earlierEpochs).map { sample -> Markup in
      "<figure>\(Self.image(sample, label))<figcaption>epoch \(sample.epoch)</figcaption></figure>"
    }
    let strip: Markup = earlier.isEmpty ? "" : "<div class=\"strip\">\n\(earlier.lines())</div>"
    return """
      <figure class="samples" id="samples-\(Study.fileName(trained.stage.name))">
      \(classNames(for: trained))\(Self.image(last, label))
      <figcaption><b>\(label)</b>\(loss); epoch \(last.epoch), the last.</figcaption>
      \(strip)</figure>
      """
  }

  /// Names over the columns, written upwards; omitted where nothing tells them.
  private func classNames(for trained: Study.Trained) -> Markup {
    let names = columns(of: trained)
    if names.isEmpty { return "" }
    let cells = names.map { name -> Markup in "<span>\(name)</span>" }
    return "<div class=\"classes\" style=\"grid-template-columns:repeat(\(names.count),1fr)\">\(cells.reduce("", +))</div>\n"
  }

  /// The classes of the columns: those that the settings chose, by their whole names where these are known, or the first ones.
  private func columns(of trained: Study.Trained) -> [String] {
    let all = study.classNames(for: trained) ?? []
    guard let chosen = trained.sampledClasses else { return Array(all.prefix(SampleGrid.mostClasses)) }
    let labels = try? ClassChoice(of: all, setting: "sample_classes").labels(chosen)
    return labels.map { $0.map { all[$0] } } ?? chosen
  }

  private static func image(_ sample: SampleImage, _ label: String) -> Markup {
    """
    <img class="pixels" width="\(sample.width)" height="\(sample.height)" alt="Generated images of \(label), epoch \(sample.epoch)" \
    src="data:image/png;base64,\(Data(sample.png).base64EncodedString())">
    """
  }

  /// At most `count` elements, evenly spread, the first and the last among them.
  static func spread<Element>(_ elements: some Collection<Element>, _ count: Int) -> [Element] {
    let all = Array(elements)
    if all.count <= count || count < 2 { return Array(all.prefix(max(0, count))) }
    return (0..<count).map { all[$0 * (all.count - 1) / (count - 1)] }
  }
}
