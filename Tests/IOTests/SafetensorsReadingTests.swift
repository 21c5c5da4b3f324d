import IO
import Testing

struct SafetensorsReadingTests {
  @Test func readsTheOfficialWritersFile() throws {
    let file = try SafetensorsFile(bytes: bytes(base64: Fixture.officialSafetensors), from: "x")
    #expect(
      file.tensors == [
        "b.weight": .init(shape: [2, 3], values: [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]),
        "a.half": .init(shape: [2], values: [1.5, -2]),
        "n": .init(shape: [], values: [7]),
        "d": .init(shape: [1], values: [0.1]),
      ])
    #expect(file.metadata == ["made by": "ü \"x\"", "format": "pt"])
    let bfloat = try SafetensorsFile(bytes: bytes(base64: Fixture.bfloat16Safetensors), from: "x")
    #expect(bfloat.tensors == ["x": .init(shape: [2], values: [1, -0.5])])
  }

  @Test(arguments: [
    (#"{}"#, 0), (#"{ }  "#, 0), ("{\"a\" : {\n\"shape\":[ 1 , 1 ],\"data_offsets\":[0,4],\t\"dtype\":\"F32\"}}", 4),
    (#"{"__metadata__":{}}"#, 0), (#"{"b":\#(f32(4, 8)),"a":\#(f32(0, 4))}"#, 8),
    (#"{"e":{"dtype":"F32","shape":[3,0],"data_offsets":[0,0]},"a":\#(f32(0, 4))}"#, 4),
    (#"{"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t":\#(f32(0, 4))}"#, 4),
  ])
  func acceptsWhatTheFormatAllows(header: String, size: Int) throws {
    _ = try SafetensorsFile(bytes: assembled(header, size), from: "x")
  }

  @Test func readsEscapes() throws {
    let file = try SafetensorsFile(bytes: assembled(#"{"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t":\#(f32(0, 4))}"#, 4), from: "x")
    #expect(file.tensors.keys.first == "é😀\"\\/\u{8}\u{C}\n\r\t")
  }

  @Test(arguments: [
    // Ranges
    ("a hole before the first", #"{"a":\#(f32(4, 8))}"#, 8), ("a hole between", #"{"a":\#(f32(0, 4)),"b":\#(f32(8, 12))}"#, 12),
    ("an overlap", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":\#(f32(4, 8))}"#, 8),
    ("the same range twice", #"{"a":\#(f32(0, 4)),"b":\#(f32(0, 4))}"#, 4), ("a trailing byte", #"{"a":\#(f32(0, 4))}"#, 5),
    ("data without tensors", #"{}"#, 1), ("a range beyond the end", #"{"a":\#(f32(0, 4))}"#, 3),
    ("a range backwards", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4),
    ("one offset", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4),
    ("three offsets", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}"#, 4),
    // Shapes
    ("a shape too small", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#, 8),
    ("a shape too large", #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8),
    ("a product that overflows", #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, 0),
    ("a size in bytes that overflows", #"{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}"#, 0),
    ("a number that overflows", #"{"a":{"dtype":"F32","shape":[18446744073709551617],"data_offsets":[0,4]}}"#, 4),
    ("a negative length", #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4),
    ("a fraction", #"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, 4),
    ("an exponent", #"{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}"#, 4),
    ("a leading zero", #"{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#, 4),
    ("a shape in text", #"{"a":{"dtype":"F32","shape":"1","data_offsets":[0,4]}}"#, 4),
    // Keys
    ("a name twice", #"{"a":\#(f32(0, 4)),"a":\#(f32(4, 8))}"#, 8),
    ("a name twice, escaped", #"{"a":\#(f32(0, 4)),"\u0061":\#(f32(4, 8))}"#, 8),
    ("dtype twice", #"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4),
    ("metadata twice", #"{"__metadata__":{},"__metadata__":{}}"#, 0),
    ("a key of metadata twice", #"{"__metadata__":{"k":"1","k":"2"}}"#, 0),
    ("a number in metadata", #"{"__metadata__":{"k":1}}"#, 0), ("metadata null", #"{"__metadata__":null}"#, 0),
    ("an unknown key", #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#, 4),
    ("no dtype", #"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, 4), ("no shape", #"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, 4),
    ("no offsets", #"{"a":{"dtype":"F32","shape":[1]}}"#, 4),
    // JSON
    ("a space before", #" {}"#, 0), ("an array", #"[]"#, 0), ("no end", #"{"#, 0), ("a comma at the end", #"{"a":\#(f32(0, 4)),}"#, 4),
    ("no comma", #"{"a":\#(f32(0, 4)) "b":\#(f32(4, 8))}"#, 8), ("text behind", #"{}x"#, 0), ("a newline behind", "{}\n", 0),
    ("a zero behind", "{}\u{0}", 0), ("a lone surrogate", #"{"\ud800":\#(f32(0, 4))}"#, 4),
    ("a surrogate with no partner", #"{"\ud800\u0041":\#(f32(0, 4))}"#, 4), ("a low surrogate", #"{"\udc00":\#(f32(0, 4))}"#, 4),
    ("a strange escape", #"{"\x":\#(f32(0, 4))}"#, 4), ("a raw newline in a name", "{\"\n\":\(f32(0, 4))}", 4),
    ("a name without end", #"{"a"#, 0), ("an escape without end", #"{"\"#, 0), ("short hexadecimal", #"{"\u00"#, 0),
    ("a name that is no text", #"{1:\#(f32(0, 4))}"#, 4), ("an empty header", "", 0),
  ])
  func refuses(what: String, header: String, size: Int) throws {
    let error = try #require(fileError { try SafetensorsFile(bytes: assembled(header, size), from: "x") }, "\(what) was accepted")
    #expect(error.kind == .damaged)
    #expect(error.place != nil && error.expected != nil && error.found != nil && error.path == "x")
  }

  @Test func namesPlaceExpectedAndFound() {
    let hole = fileError { try SafetensorsFile(bytes: assembled(#"{"a":\#(f32(0, 4)),"b.w":\#(f32(8, 12))}"#, 12), from: "x") }
    #expect(hole?.place == "tensor 'b.w'" && hole?.expected == "its data to begin at 4" && hole?.found == "8")
    let shape = fileError {
      try SafetensorsFile(bytes: assembled(#"{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,8]}}"#, 8), from: "x")
    }
    #expect(shape?.place == "tensor 'a'" && shape?.expected == "16 bytes for F32 [2, 2]")
    let json = fileError { try SafetensorsFile(bytes: assembled(#"{"a" 1}"#, 0), from: "x") }
    #expect(json?.place == "byte 13" && json?.expected == "':'" && json?.found == "byte 49")
  }

  @Test func refusesALengthBeyondTheLimitOrTheFile() {
    func kind(_ length: UInt64, _ rest: [UInt8]) -> FileError? {
      fileError { try SafetensorsFile(bytes: withUnsafeBytes(of: length.littleEndian, Array.init) + rest, from: "x") }
    }
    #expect(kind(100_000_001, bytes("{}"))?.expected == "a header of at most 100000000 bytes")
    #expect(kind(100_000_000, bytes("{}"))?.expected == "a header of 100000000 bytes")
    for length in [3, .max, 1 << 63, UInt64(Int64.max)] as [UInt64] { #expect(kind(length, bytes("{}"))?.kind == .damaged) }
    #expect(kind(2, bytes("{}")) == nil)
  }

  @Test func refusesANameOutsideUTF8() {
    var file = assembled(#"{"a":\#(f32(0, 4))}"#, 4)
    file[10] = 0xFF
    #expect(fileError { try SafetensorsFile(bytes: file, from: "x") }?.kind == .damaged)
  }

  @Test(arguments: ["BOOL", "I16", "U8", "F8_E4M3", "f32", ""])
  func doesNotSupportOtherTypes(type: String) {
    let header = #"{"a":{"dtype":"\#(type)","shape":[1],"data_offsets":[0,4]}}"#
    let error = fileError { try SafetensorsFile(bytes: assembled(header, 4), from: "x") }
    #expect(error?.kind == .unsupported && error?.found == "'\(type)'")
  }

  @Test func convertsOnlyWhatAFloatHolds() throws {
    func value(_ type: String, _ bits: UInt64) throws -> Float? {
      let header = #"{"a":{"dtype":"\#(type)","shape":[1],"data_offsets":[0,8]}}"#
      let file = assembled(header, 0) + withUnsafeBytes(of: bits.littleEndian, Array.init)
      return try SafetensorsFile(bytes: file, from: "x").tensors["a"]?.values.first
    }
    #expect(try value("I64", UInt64(bitPattern: -16_777_216)) == -16_777_216)
    #expect(fileError { try value("I64", 16_777_217) }?.kind == .unsupported)
    let counter = assembled(#"{"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"b":{"dtype":"I32","shape":[1],"data_offsets":[8,12]}}"#, 12)
    #expect(try SafetensorsFile(bytes: counter, from: "x").tensors["b"]?.values == [0])
    var long = counter
    long[long.count - 9] = 0x7F
    long[long.count - 12] = 1
    #expect(fileError { _ = try SafetensorsFile(bytes: long, from: "x") }?.place == "tensor 'a'")
    // What nobody wants need not be held.
    #expect(try SafetensorsFile(bytes: long, from: "x") { $0 == "a" }.tensors.keys.sorted() == ["b"])
    #expect(fileError { try value("I64", UInt64(Int64.max)) }?.place == "tensor 'a'")
    #expect(try value("F64", (0.1).bitPattern) == 0.1)
    #expect(try value("F64", Double.infinity.bitPattern) == .infinity)
    #expect(try value("F64", Double.nan.bitPattern)?.isNaN == true)
    #expect(fileError { try value("F64", (1e300).bitPattern) }?.kind == .unsupported)
  }

  @Test(arguments: [Fixture.officialSafetensors, Fixture.bfloat16Safetensors])
  func refusesEveryPrefixAndSurvivesEveryFlippedByte(fixture: String) throws {
    let whole = try bytes(base64: fixture)
    for prefix in Hostile.prefixes(of: whole) {
      #expect(fileError { try SafetensorsFile(bytes: prefix, from: "x") }?.kind == .damaged, "\(prefix.count) bytes")
    }
    for flipped in Hostile.flips(of: whole) { _ = fileError { try SafetensorsFile(bytes: flipped, from: "x") } }
  }
}

/// The entry of one 32-bit number.
private func f32(_ begin: Int, _ end: Int) -> String { #"{"dtype":"F32","shape":[1],"data_offsets":[\#(begin),\#(end)]}"# }

/// A file of that header and so many bytes of zero.
private func assembled(_ header: String, _ size: Int) -> [UInt8] {
  withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + bytes(header) + [UInt8](repeating: 0, count: size)
}
