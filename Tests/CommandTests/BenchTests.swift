import AdvGAN
import ArgumentParser
import IO
import Jobs
import Testing

@testable import advgan_job

/// `advgan-job bench cotrain`: as a program on the smallest networks, and its mistakes word for word.
@Suite(.serialized) struct BenchTests {
  static let command = [
    "bench", "cotrain", "--width", "1", "--batch", "2", "--classes", "3", "--steps", "1", "--seconds", "0", "--threads", "1",
  ]

  @Test func theRecordHasThePeersKeysOnOneLine() throws {
    let answer = try Sandbox().run(Self.command + ["--bn", "--json"])
    #expect(answer.status == 0 && answer.error == "" && answer.output.count { $0 == "\n" } == 1)
    let json = try JSON(parsing: Array(answer.output.utf8))
    #expect(json["network"]?.text == "resnet32" && json["width"]?.whole == 1 && json["batch"]?.whole == 2)
    #expect(json["classes"]?.whole == 3 && json["batch_norm"] == .bool(true) && json["steps"]?.whole == 1)
    #expect(json["threads"]?.whole == 1 && json["rounds"]?.whole == 2 && json["kernels"]?.text?.isEmpty == false)
    #expect(json["convolution"]?.text == "winograd")
    let parts = try ["attack_ms", "update_d_ms", "update_g_ms"].map { try #require(json[$0]?.real) }
    #expect(parts.allSatisfy { $0 >= 0 })
    // The cycle is rounded once, its parts before it are too.
    #expect(abs(try #require(json["cycle_ms"]?.real) - (5 * (parts[0] + parts[1]) + parts[2])) < 0.7)
    #expect(try #require(json["peak_memory_mb"]?.real) > 1)
  }

  /// In one sentence: no trap with pages of calls, and no loop for ever, as OpenBLAS has it where it finds no memory of its own.
  @Test(arguments: ["450000", "1000000"]) func memoryThatCannotBeHadEndsTheProgram(_ kilobytes: String) throws {
    let limit = ["/bin/sh", "-c", "ulimit -v \(kilobytes); exec \"$@\"", "sh"]
    let command = ["bench", "cotrain", "--network", "resnet64", "--width", "64", "--batch", "64", "--seconds", "0", "--threads", "2"]
    let answer = try Sandbox().run(command, by: limit)
    #expect(answer.status == 2 && answer.output == "" && answer.error.hasPrefix("advgan-job: out of memory: "))
    #expect(answer.error.count { $0 == "\n" } == 1)
  }

  @Test func aPersonGetsATableAndWhatACycleIs() throws {
    let answer = try Sandbox().run(Self.command + ["--network", "preact-resnet18"])
    let lines = answer.output.split(separator: "\n").map(String.init)
    try #require(answer.status == 0 && lines.count == 7)
    #expect(lines[0].hasPrefix("preact-resnet18, width 1, batch 2, 3 classes; threads: 1; kernels: "))
    #expect(lines[1] == "PART      BEST MS")
    #expect(lines[2...5].map { $0.split(separator: " ")[0] } == ["attack", "update_d", "update_g", "cycle"])
    #expect(lines[6] == "A cycle is five attacks with an update of the discriminator each, and one update of the generator.")
  }

  @Test func theConvolutionIsTaken() throws {
    let answer = try Sandbox().run(Self.command + ["--convolution", "exact", "--json"])
    #expect(try JSON(parsing: Array(answer.output.utf8))["convolution"]?.text == "exact")
  }

  @Test(arguments: [
    ("--network lenet", "there is no network 'lenet' to co-train; known: NETWORKS"),
    ("--network vgg16", "there is no network 'vgg16' to co-train; known: NETWORKS"),
    ("--network preact-resnet18 --bn", "the network 'preact-resnet18' has no batch norm: leave --bn out"),
    ("--width 0", "--width must lie between 1 and 1024, not 0"),
    ("--width 1025", "--width must lie between 1 and 1024, not 1025"),
    ("--batch 1", "--batch must lie between 2 and 4096, not 1"),
    ("--classes 0", "--classes must lie between 1 and 100000, not 0"),
    ("--steps 0", "--steps must lie between 1 and 10000, not 0"),
    ("--seconds=-1", "--seconds must lie between 0 and 86400, not -1.0"),
    ("--seconds nan", "--seconds must lie between 0 and 86400, not nan"),
    ("--convolution fast", "--convolution must be winograd or exact, not 'fast'"),
    ("--threads 0", "--threads must lie between 1 and 1024, but is 0"),
  ])
  func optionsThatMeanNothingAreRefused(_ options: String, _ sentence: String) throws {
    let sentence = sentence.replacing("NETWORKS", with: BenchCoTrain.networks.joined(separator: ", "))
    let told = try #require(UsageTests().complaint("bench cotrain \(options)"))
    #expect(told.sentence == sentence && told.status == 64)
  }

  @Test func thePeakOfMemoryIsReadFromTheKernelsPage() {
    #expect(Surroundings.peakMemory(in: "Name:\tx\nVmPeak:\t 9 kB\nVmHWM:\t    1234 kB\nVmRSS:\t 1 kB\n") == 1234 * 1024)
    #expect(Surroundings.peakMemory(in: "Name:\tx\n") == nil)
    #expect(Surroundings.peakMemory(in: "VmHWM:\t\n") == nil)
    #expect(Surroundings.peakMemory() > 1_000_000)
  }
}
