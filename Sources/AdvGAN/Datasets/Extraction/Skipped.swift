import IO
import Jobs

/// Images that are not in a data set although they were wanted, by their places in the inventory.
struct Skipped: Equatable {
  private(set) var tooSmall: Set<Int> = []
  /// Why each of these is broken.
  private(set) var broken: [Int: String] = [:]

  var count: Int { tooSmall.count + broken.count }
  var places: Set<Int> { tooSmall.union(broken.keys) }

  func has(_ place: Int) -> Bool { broken[place] != nil || tooSmall.contains(place) }

  mutating func addTooSmall(_ place: Int) { tooSmall.insert(place) }

  /// The reason says nothing of where the archive lies: it becomes part of the data set.
  mutating func addBroken(_ place: Int, _ error: FileError) {
    broken[place] = "expected \(error.expected ?? "an image"), found \(error.found ?? "something else")"
  }

  mutating func add(_ other: Skipped) {
    tooSmall.formUnion(other.tooSmall)
    broken.merge(other.broken) { $1 }
  }

  /// The member `skipped.json`: `{"broken": [{"image": NAME, "reason": WORDS}], "too_small": {"minimum_side": PIXELS, "images": [NAME]}}`.
  func record(of inventory: Inventory, minimumSide: Int) -> JSON {
    let reasons = broken.sorted { $0.key < $1.key }.map { place, reason in
      JSON.object(["image": .string(inventory.entries[place].name), "reason": .string(reason)])
    }
    let names = tooSmall.sorted().map { JSON.string(inventory.entries[$0].name) }
    return .object(["broken": .array(reasons), "too_small": .object(["minimum_side": .integer(minimumSide), "images": .array(names)])])
  }
}

extension Skipped {
  /// As a piece keeps it.
  var json: JSON {
    let reasons = Dictionary(uniqueKeysWithValues: broken.map { (String($0), JSON.string($1)) })
    return .object(["too_small": .array(tooSmall.sorted().map(JSON.integer)), "broken": .object(reasons)])
  }

  /// nil for anything but what `json` gives, with places below `count`.
  init?(_ json: JSON?, placesBelow count: Int) {
    guard let small = json?["too_small"]?.elements, let reasons = json?["broken"]?.members else { return nil }
    tooSmall = Set(small.compactMap(\.whole))
    for (place, reason) in reasons {
      guard let place = Int(place), let text = reason.text else { return nil }
      broken[place] = text
    }
    guard tooSmall.count == small.count, places.allSatisfy((0..<count).contains) else { return nil }
  }
}
