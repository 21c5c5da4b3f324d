import IO
import Testing

struct SafetensorsWritingTests {
  let file = SafetensorsFile(
    tensors: [
      "l2.weight": .init(shape: [2, 3], values: [1, -2, 3.5, .infinity, -0.0, .leastNonzeroMagnitude]),
      "l1.bias": .init(shape: [1], values: [0.1]),
      "é \"\\\n": .init(shape: [], values: [7]),
      "empty": .init(shape: [0, 5], values: []),
    ],
    metadata: ["z": "last", "a": "first \u{1}"])

  @Test func comesBackExactly() throws {
    let read = try SafetensorsFile(bytes: file.encoded(), from: "x")
    #expect(read.tensors == file.tensors)
    #expect(read.metadata == ["z": "last", "a": "first \u{1}", "format": "pt"])
    #expect(read.tensors["l2.weight"]?.values[4].sign == .minus)
  }

  @Test func writesNamesSortedAndPadsTheHeader() throws {
    let small = SafetensorsFile(
      tensors: ["b": .init(shape: [1], values: [2]), "a": .init(shape: [1, 1], values: [1]), "B": .init(shape: [], values: [3])])
    let encoded = small.encoded()
    let header =
      #"{"__metadata__":{"format":"pt"},"B":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"#
      + #""a":{"dtype":"F32","shape":[1,1],"data_offsets":[4,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#
    let padded = bytes(header) + [UInt8](repeating: 0x20, count: (8 - header.utf8.count % 8) % 8)
    #expect(padded.count % 8 == 0 && encoded[0] == UInt8(padded.count))
    #expect(Array(encoded[1..<8]) == [UInt8](repeating: 0, count: 7))
    #expect(Array(encoded[8..<(8 + padded.count)]) == padded)
    #expect(Array(encoded[(8 + padded.count)...]) == [0, 0, 0x40, 0x40, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])
  }

  @Test func doesNotDependOnTheOrderOfInsertion() {
    let names = (0..<100).map { "layer\($0).weight" }
    func encoded(_ names: [String]) -> [UInt8] {
      var file = SafetensorsFile(tensors: [:])
      for name in names {
        file.tensors[name] = .init(shape: [1], values: [Float(name.count)])
        file.metadata[name] = name
      }
      return file.encoded()
    }
    #expect(encoded(names) == encoded(names.reversed()))
  }

  @Test func keepsAnotherFormat() throws {
    let read = try SafetensorsFile(bytes: SafetensorsFile(tensors: [:], metadata: ["format": "np"]).encoded(), from: "x")
    #expect(read.metadata == ["format": "np"] && read.tensors.isEmpty)
  }

  @Test func readsFromAFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("x.safetensors", file.encoded())
    #expect(try SafetensorsFile(reading: path).tensors == file.tensors)
    #expect(fileError { try SafetensorsFile(reading: folder("nothing")) }?.kind == .missing)
  }
}
