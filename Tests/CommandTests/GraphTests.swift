import IO
import Testing

@testable import Jobs
@testable import advgan_job

@Suite struct GraphTests {
  let sandbox: Sandbox
  init() throws { sandbox = try Sandbox() }

  func graph(_ arguments: [String] = [], _ job: Job? = nil) throws -> Told {
    let paper = Paper()
    let command = try sandbox.command(advgan_job.Graph.self, ["graph"] + arguments)
    try command.perform(job ?? sandbox.job(), on: sandbox.disk, terminal: paper.terminal())
    return Told(0, paper)
  }

  static let stages = """
    text: {run: source, with: {file: FOLDER/in.txt}}
    other: {run: walk}
    a: {run: count, needs: {text: text}}
    b: {run: count, needs: {text: text}, with: {letter: b}}
    both: {run: join, needs: {parts: [a, b, text]}}
    end: {run: join, needs: {parts: [other, both]}}
    """

  @Test func eachStageStandsOnceBelowAllThatItNeeds() throws {
    let job = try sandbox.job(Self.stages)
    _ = try sandbox.make(["a"], job)
    let told = try graph([], job).output
    #expect(
      told == """
        STAGE       STATE    NEEDS ALSO
        text        fresh
        |- a        fresh
        `- b        missing
           `- both  missing  a
        other       missing
        `- end      missing  both

        """)
    #expect(try graph(["b"], job).lines.map { $0.split(separator: " ")[0] } == ["STAGE", "text", "`-"])
  }

  @Test func fiveHundredStagesAreDrawnOnceEachInOrder() throws {
    let wide = (0..<498).map { "w\($0): {run: count, needs: {text: text}, with: {letter: x\($0)}}" }.joined(separator: "\n")
    let names = (0..<498).map { "w\($0)" }.joined(separator: ", ")
    let text = "text: {run: source, with: {file: FOLDER/in.txt}}"
    let all = try graph([], sandbox.job("\(text)\n\(wide)\nend: {run: join, needs: {parts: [\(names)]}}"))
    #expect(all.lines.count == 501 && all.words.last == "`- end missing w0, w1, w10 and 494 more")
    let chain = "s0: {run: walk}\n" + (1..<500).map { "s\($0): {run: join, needs: {parts: [s\($0 - 1)]}}" }.joined(separator: "\n")
    let told = try graph([], sandbox.job(chain))
    #expect(told.lines.count == 501 && told.words.last == "(499) s499 missing" && told.lines.allSatisfy { $0.count < 120 })
  }

  @Test func dotNamesEveryArrowAndQuotesNames() throws {
    _ = try sandbox.make(["text"])
    #expect(
      try graph(["--format", "dot"]).output == """
        digraph "job.yaml" {
          rankdir=LR;
          node [shape=box, style=filled];
          "text" [label="text\\nsource, fresh", fillcolor="#d9ead3"];
          "a" [label="a\\ncount, missing", fillcolor="#eeeeee"];
          "both" [label="both\\njoin, missing", fillcolor="#eeeeee"];
          "text" -> "a";
          "a" -> "both";
          "text" -> "both";
        }

        """)
    #expect(GraphReport.quoted("a\"b\\c@x=1,y") == "\"a\\\"b\\\\c@x=1,y\"")
  }

  @Test func mermaidNumbersItsNodesAndEscapesLabels() throws {
    #expect(
      try graph(["--format", "mermaid"]).output == """
        flowchart LR
          n0["text<br/>source, missing"]:::missing
          n1["a<br/>count, missing"]:::missing
          n2["both<br/>join, missing"]:::missing
          n0 --> n1
          n1 --> n2
          n0 --> n2
          classDef missing fill:#eeeeee,stroke:#666

        """)
    #expect(GraphReport.escaped("a\"<b>#;&") == "a#34;#60;b#62;#35;#59;#38;")
  }

  @Test func theDocumentHasRolesAndStates() throws {
    let json = try graph(["--json"]).json()
    #expect(json["document"]?.text == "advgan-job graph")
    let last = try #require(json["stages"]?.elements?.last)
    #expect(last["stage"]?.text == "both" && last["run"]?.text == "join" && last["state"]?.text == "missing")
    #expect(last["needs"]?["parts"] == .array([.string("a"), .string("text")]))
  }

  @Test func anUnknownNotationIsRefused() throws {
    #expect(try #require(UsageTests().complaint("graph --format svg")).status == 64)
  }
}
