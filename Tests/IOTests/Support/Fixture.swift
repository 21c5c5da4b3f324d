/// Small files made by other programs, in base64.
enum Fixture {
  /// Python's tarfile and gzip: a/one.txt ("first"), a/two.bin (700 bytes).
  static let tarGzip = """
    H4sIAAAAAAACA0vUz89L1SupKGGgHTAAAjMTEzANBOg0EJgisUHi5qYGRgwKBgx0AKXFJYlFQCsZRiZIyywqLmEYBSMVJOqXlOfrJWXmDVz+NzQyN0HP/yZA
    odH8TwfAbRBaNf/IS2GL2KblZz5KO6R2rb/yU9kjd9L2O2zaAaWz9j/hM46oXXT8jZh1Quuq81/knDN6N11nVPMumLrrPqdecMXcQ88FzaIblp56L2mX3LH2
    0ndFt+wJW2+xaPoVz9j7iMcwrHrB0VcilnHNK85+knFM695w9ZeKZ97kHXfZdQLLZh94ym8SWbf4xFtxm8S21Re+yrtk9m2+waTuUzht9wMu/ZDKeYdfCJnH
    NC47/UHKPqVz3eUfSu45E7fdZtXyL5m57zGvUXjNwmOvRa3iW1ae+yzrlN6z8RqDqlf+lJ33OHSDyuccfCZgGlW/5OQ7Cduk9jUXvym4ZvVvucms4Vs0fc/D
    Ua8Pca+Plt6jYBSMglEwCkbBKBgFo2AUjIJRMApGwSgYBaNgFIyCUTAKRsEoGAWjYBSMglEwCkYBBAAA0MTHOgAoAAA=
    """

  /// Python's tarfile and gzip: n01.tar (n01/x.txt "inside", n01/y.txt "other"), n02.tar (n02/z.txt "third"), notes.txt.
  static let nestedTarGzip = """
    H4sIAAAAAAACA+3cQWqDQBgGUI/iCZLRanIeaQSFMAGdlrSnbxq6KO47Kn1vMzAuhuHjm9WPMVSH1E3FXwoPp6Z5rg+LtW5+7f3sn0NzLspQZPA2f18/ZDlr
    g2KojvdDuqfV8n9+Xeb/Iv88xjiPl77gH/f/Y/X+t/q/klsa+kkNAAAAAAAAAAB2K4Z6k/OfbTD/kyn/4+cG57/aSv45pGGcLp5BAAAAAAAAAACA3Ym31M9r
    z//V1XL+71T7/1um/Mtueh3G977sUtldryoBAAAAAAAAALArX1+PCdsAeAAA
    """

  /// Python's zipfile, deflated: a/one.txt ("first"), b.txt (25 times "z").
  static let zip = """
    UEsDBBQAAAAIAAAAIQBX7nGSBwAAAAUAAAAJAAAAYS9vbmUudHh0S8ssKi4BAFBLAwQUAAAACAAAACEAOzTwNAUAAAAZAAAABQAAAGIudHh0q6rCAQBQSwEC
    FAMUAAAACAAAACEAV+5xkgcAAAAFAAAACQAAAAAAAAAAAAAAgAEAAAAAYS9vbmUudHh0UEsBAhQDFAAAAAgAAAAhADs08DQFAAAAGQAAAAUAAAAAAAAAAAAA
    AIABLgAAAGIudHh0UEsFBgAAAAACAAIAagAAAFYAAAAAAA==
    """

  /// Python's tarfile in the pax format: ordner/größe-日本.txt ("utf8").
  static let paxGzip = """
    H4sIAAAAAAACA+3TMQrCMBSA4cyeohdom9SgLhJHR68QaNRJJaaQm7gITm7OXqB36Tm0CApCxwrq/y0Jbwnh8Wd5ls8WNs6dLZ0XvZAPXaeUunjd27mShVIi
    ieIDqn2w/v68+E9DnexsWE+3vtw4n698fa1PLm0O5+Z4yUIMA4Ef9ty7MS41pt14L/2PtO7uX+q3/lWhxiKR9N//98NyQgUAAAAAAAAAAAAAAADf6waLU9XW
    ACgAAA==
    """

  /// Pillow: 8x8, pure red in inverted CMYK as Adobe writes it.
  static let cmykJPEG = """
    /9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/8AA
    FAgACAAIBEMRAE0RAFkRAEsRAP/EABQAAQAAAAAAAAAAAAAAAAAAAAn/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oADgRDAE0AWQBLAAA/AFTFUKoqb//Z
    """

  /// Pillow, quality 90: 8x8 grey, value 8 y + 16 x.
  static let greyJPEG = """
    /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/
    wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAB//EABoQAAAHAAAAAAAAAAAAAAAAAAAHCCM0QVH/2gAIAQEAAD8ACk2ltFayh//Z
    """

  /// Pillow: 2x2, a palette of red, green, blue; indices 0 1 / 2 1.
  static let palettePNG = """
    iVBORw0KGgoAAAANSUhEUgAAAAIAAAACAgMAAAAP2OW3AAAACVBMVEX/AAAA/wAAAP8tSs2KAAAADElEQVR42mMQYJgAAADEAKEooWk6AAAAAElFTkSuQmCC
    """

  /// Pillow: 2x1, grey 200 opaque, grey 200 transparent.
  static let greyAlphaPNG = """
    iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAQAAABeK7cBAAAADUlEQVR42mM88Z+BEQAGKAHKTyu9hgAAAABJRU5ErkJggg==
    """

  /// By hand with zlib: 1x1, 16 bits a channel, no gamma chunk, (0x8080, 0x4040, 0xFFFF).
  static let deepPNG = """
    iVBORw0KGgoAAAANSUhEUgAAAAEAAAABEAIAAADA54+dAAAAD0lEQVR42mNoaHBw+P8fAApEA39Pb0+mAAAAAElFTkSuQmCC
    """

  /// By hand: a header of 1,000,000 x 1,000,000 pixels and one byte of data.
  static let absurdPNG = """
    iVBORw0KGgoAAAANSUhEUgAPQkAAD0JACAIAAADTD68qAAAACUlEQVR42mMAAAABAAGxDbaTAAAAAElFTkSuQmCC
    """

  /// The safetensors package of Python 0.8.0: scalar n (I64), d (F64), b.weight (F32, 2x3), a.half (F16), two metadata.
  static let officialSafetensors = """
    IAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJtYWRlIGJ5Ijoiw7wgXCJ4XCIiLCJmb3JtYXQiOiJwdCJ9LCJuIjp7ImR0eXBlIjoiSTY0Iiwic2hhcGUiOltd
    LCJkYXRhX29mZnNldHMiOlswLDhdfSwiZCI6eyJkdHlwZSI6IkY2NCIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzgsMTZdfSwiYi53ZWlnaHQiOnsi
    ZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsM10sImRhdGFfb2Zmc2V0cyI6WzE2LDQwXX0sImEuaGFsZiI6eyJkdHlwZSI6IkYxNiIsInNoYXBlIjpbMl0sImRh
    dGFfb2Zmc2V0cyI6WzQwLDQ0XX19ICAgICAHAAAAAAAAAJqZmZmZmbk/AAAgwAAAwL8AAAC/AAAAPwAAwD8AACBAAD4AwA==
    """

  /// The same with PyTorch: x = [1, -0.5] (BF16).
  static let bfloat16Safetensors = """
    OAAAAAAAAAB7IngiOnsiZHR5cGUiOiJCRjE2Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMCw0XX19IIA/AL8=
    """
}
