import IO
import Testing

@testable import Jobs
@testable import advgan_job

/// `advgan-job settings`, and the page that it makes.
@Suite struct SettingsTests {
  private func all(_ settings: [Setting]) -> [Setting] {
    settings.flatMap { [$0] + all($0.settings) + all($0.kinds.flatMap(\.settings)) }
  }

  @Test func everySettingOfEveryKindSaysWhatItMeans() {
    for kind in Stages.registry.all {
      let settings = all([Setting](of: kind))
      #expect(!settings.isEmpty)
      for setting in settings { #expect(setting.meaning.count > 5, "\(kind.name): \(setting.key)") }
      for setting in settings { #expect(!setting.meaning.hasSuffix("."), "\(kind.name): \(setting.key)") }
    }
  }

  /// `advgan-job settings --markdown > docs/settings.md` brings it up to date.
  @Test func thePageIsWhatTheProgramSays() throws {
    let page = String(decoding: try LocalDisk().read(Repository.path("docs/settings.md")), as: UTF8.self)
    let own = SettingsReport(kinds: Stages.registry.all).markdown.joined(separator: "\n") + "\n"
    #expect(page == own, "run: advgan-job settings --markdown > docs/settings.md")
  }

  @Test func aKindIsListedForAPerson() throws {
    let answer = try Sandbox().run(["settings", "cotrain"])
    #expect(answer.status == 0 && answer.error == "")
    let lines = answer.output.split(separator: "\n").map(String.init)
    #expect(lines[0] == "cotrain: co-training of generator, discriminator and attacker")
    #expect(lines.contains("  epochs: 100, 200 with preset: as-published"))
    #expect(lines.contains("        a whole number from 1 to 100000; passes over the training images"))
    #expect(lines.contains("          steps: 5") && lines.contains("  loss: split"))
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(!lines.contains { $0.hasPrefix("finetune") })
  }

  @Test func anUnknownKindIsWrongUsage() throws {
    let answer = try Sandbox().run(["settings", "cotrian"])
    #expect(answer.status == 64 && answer.output == "")
    #expect(
      answer.error.hasPrefix("Error: there is no kind of stage 'cotrian'; known: extract, cotrain, finetune, evaluate, report\n"))
  }
}
