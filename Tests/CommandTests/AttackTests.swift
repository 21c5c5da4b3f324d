import AdvGAN
import IO
import Jobs
import Testing

/// `advgan-job attack` as a program: tiny weights, three images.
@Suite(.serialized) struct AttackTests {
  let sandbox: ModelSandbox
  init() throws { sandbox = try ModelSandbox() }

  static let command = "attack --data images --threads 1 --attack pgd:steps=2 --epsilon 8/255,0 --weights"

  @Test func theRecordHasTheDocumentedFields() throws {
    try sandbox.writeDiscriminator("net.safetensors")
    let answer = try sandbox.run("\(Self.command) net.safetensors --json")
    #expect(answer.status == 0 && answer.error == "")
    let json = try JSON(parsing: Array(answer.output.utf8))
    #expect(json["network"]?.text == "resnet32" && json["width"]?.whole == 1)
    let attacks = try #require(json["attacks"]?.elements)
    let attack = attacks.first?["settings"]
    #expect(attacks.count == 1 && attacks[0]["name"]?.text == "pgd")
    #expect(attack?["kind"]?.text == "pgd" && attack?["norm"]?.text == "linf")
    #expect(attack?["objective"]?.text == "cross-entropy" && attack?["steps"]?.whole == 2)
    #expect(attack?["step"]?.text == "2.5 epsilon / steps" && attack?["restarts"]?.whole == 1)
    #expect(attack?["random_start"] == .bool(false) && attack?["counted"]?.text == "last")
    let model = try #require(json["models"]?.elements?.first)
    let split = try #require(model["splits"]?.elements?.first)
    #expect(model["weights"]?.text == "net" && split["split"]?.text == "test")
    #expect(split["images"]?.whole == 3 && split["images_in_split"]?.whole == 3)
    #expect(split["class_names"] == .array([.string("cat"), .string("dog")]))
    let metrics = try #require(split["metrics"]?.elements)
    #expect(metrics.map { $0["key"]?.text } == ["lipschitz"] && metrics[0]["images"]?.whole == 3)
    #expect(try #require(metrics[0]["mean"]?.real) > 0)
    let points = try #require(split["points"]?.elements)
    #expect(points.map { $0["epsilon_text"]?.text } == ["0", "8/255"])
    #expect(points.map { $0["epsilon"]?.real } == [0, 8.0 / 255] && points.map { $0["epsilon_paper_scale"]?.real } == [0, 16.0 / 255])
    for point in points {
      let correct = try #require(point["correct"]?.whole)
      #expect(point["accuracy"]?.real == Double(correct) / 3)
      #expect(point["per_class"]?.elements?.map { $0["images"]?.whole } == [2, 1])
      #expect(point["per_class"]?.elements?.compactMap { $0["correct"]?.whole }.reduce(0, +) == correct)
    }
  }

  @Test func aPersonGetsATableAndTheModulePrefixChangesNothing() throws {
    try sandbox.writeDiscriminator("net.safetensors")
    let answer = try sandbox.run("\(Self.command) net.safetensors")
    let lines = answer.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    try #require(answer.status == 0 && lines.count == 3)
    #expect(lines[0] == "WEIGHTS SPLIT IMAGES EPSILON PAPER'S SCALE ATTACK ACCURACY")
    #expect(lines[1].hasPrefix("net test 3 0 0 none ") && lines[2].hasPrefix("net test 3 8/255 0.0627 pgd "))
    try sandbox.writeDiscriminator("net.safetensors", prefix: "module.")
    #expect(try sandbox.run("\(Self.command) net.safetensors").output == answer.output)
  }

  /// The defaults of one attack are not asked of another.
  @Test func everyAttackRunsByItsNameAlone() throws {
    try sandbox.writeDiscriminator("net.safetensors")
    for attack in Attacks.names {
      let answer = try sandbox.run("attack --data images --threads 1 --epsilon 8/255 --weights net.safetensors --attack \(attack)")
      #expect(answer.status == 0 && answer.error == "" && answer.output.contains(" \(attack) "), "\(attack): \(answer.error)")
    }
  }

  @Test func anAttackThatCannotReachTheEdgeOfTheBallIsToldSo() throws {
    try sandbox.writeDiscriminator("net.safetensors")
    let command = "attack --data images --threads 1 --epsilon 0,1/255,64/255 --weights net.safetensors --attack pgd:steps=2,step=1/255"
    let answer = try sandbox.run(command)
    #expect(answer.status == 0)
    #expect(
      answer.error.hasPrefix("warning: The steps of 'pgd' together move no value by more than 2/255, so that it does not try all that is allowed at 64/255: "))
    #expect(try sandbox.run(command + ",random_start=true").error == "")
  }

  /// As after a long training: no 32-bit number holds it, and nobody wants it.
  @Test func pyTorchsCountersOfBatchesMayHaveAnyValue() throws {
    try sandbox.writeDiscriminator("net.safetensors")
    let plain = try sandbox.run("\(Self.command) net.safetensors")
    let path = sandbox.path("net.safetensors")
    let file = try LocalDisk().read(path)
    let start = 8 + file.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    let end = file.count - start
    var header = String(decoding: file[8..<start], as: UTF8.self)
    while header.last != "}" { header.removeLast() }
    header = header.dropLast() + ",\"bn1.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[\(end),\(end + 8)]}}"
    let numbers = [header.utf8.count, 1 << 24 | 1].map { withUnsafeBytes(of: UInt64($0).littleEndian, Array.init) }
    try AtomicFile.write(numbers[0] + Array(header.utf8) + file[start...] + numbers[1], to: path, on: LocalDisk())
    let counted = try sandbox.run("\(Self.command) net.safetensors")
    #expect(counted.status == 0 && counted.output == plain.output, "\(counted.error)")
  }

  @Test func severalAttacksAreEachShownAndTogether() throws {
    try sandbox.writeDiscriminator("net.safetensors")
    let answer = try sandbox.run("\(Self.command) net.safetensors --attack pgd:steps=1,random_start=true")
    let rows = answer.output.split(separator: "\n").dropFirst().map { $0.split(separator: " ") }
    try #require(answer.status == 0 && rows.count == 4)
    #expect(rows.map { $0[5] } == ["none", "all", "pgd", "pgd-2"])
    let correct = try rows.map { try #require(Int($0[8].dropFirst().dropLast())) }
    #expect(correct[1] <= min(correct[2], correct[3]) && max(correct[2], correct[3]) <= correct[0])
  }

  @Test func aWrongWidthSaysWhichTensor() throws {
    try sandbox.writeDiscriminator("net.safetensors")
    let answer = try sandbox.run("\(Self.command) net.safetensors", width: 2)
    #expect(answer.status == 2 && answer.output == "")
    #expect(answer.error.hasPrefix("advgan-job: net.safetensors: is damaged; expected the weights of this network, found tensor '"))
    #expect(answer.error.contains("': expected shape [4, "))
    #expect(answer.error.hasSuffix("; check the network, its width, its classes and whether it has batch norm\n"))
  }

  @Test func weightsThatAreNotThereOrCutShortAreSaidSo() throws {
    let missing = try sandbox.run("\(Self.command) none.safetensors")
    #expect(missing.status == 66 && missing.output == "" && missing.error.hasPrefix("advgan-job: none.safetensors: does not exist"))
    try sandbox.writeDiscriminator("net.safetensors")
    let whole = try LocalDisk().read(sandbox.path("net.safetensors"))
    try AtomicFile.write(Array(whole.dropLast(5)), to: sandbox.path("net.safetensors"), on: LocalDisk())
    let cut = try sandbox.run("\(Self.command) net.safetensors")
    #expect(cut.status == 2 && cut.output == "" && cut.error.hasPrefix("advgan-job: net.safetensors"))
    #expect(cut.error.contains("is damaged; expected "))
  }

  @Test func dataThatAreNotThereAreMissing() throws {
    try sandbox.writeDiscriminator("net.safetensors")
    let answer = try sandbox.run("attack --data nowhere --weights net.safetensors")
    #expect(answer.status == 66 && answer.error.hasPrefix("advgan-job: nowhere: does not exist"))
  }

  @Test func aMistakeInTheOptionsLeavesWithTheStatusOfWrongUsage() throws {
    let answer = try sandbox.sandbox.run(["attack", "--artifact", "a.tar", "--data", "images", "--epsilon", ""])
    #expect(answer.status == 64 && answer.output == "")
    #expect(answer.error.hasPrefix("Error: --epsilon takes sizes from 0 to 1 such as 8/255 or 0.03, not ''\n"))
  }
}
