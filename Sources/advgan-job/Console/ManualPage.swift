import ArgumentParser
import Jobs

/// The manual page in the language of man(7): what the argument parser knows of commands and options, and around it what it does not.
enum ManualPage {
  /// - Parameter root: the command of all commands.
  /// - Throws: `DecodingError` where the argument parser describes itself otherwise than it did.
  static func text(of root: any ParsableCommand.Type) throws -> String {
    let command = try JSON(parsing: Array(root._dumpHelp().utf8))["command"] ?? .null
    let commands = leaves(command, "advgan-job").filter { $0.command["shouldDisplay"] != .bool(false) && $0.name != "advgan-job help" }
    let lines =
      [".TH ADVGAN-JOB 1 \"\" \"advgan-job \(root.configuration.version)\" \"User Commands\"", ".SH NAME"]
      + ["advgan-job \\- run the stages of a job file that are not up to date", ".SH SYNOPSIS", ".nf"]
      + commands.map { synopsis($0.name, $0.command) } + [".fi"] + ManualSections.description + [".SH COMMANDS"]
      + commands.flatMap { section($0.name, $0.command) } + ManualSections.rest
    return lines.joined(separator: "\n") + "\n"
  }

  /// The commands without subcommands, with their names in full.
  private static func leaves(_ command: JSON, _ name: String) -> [(name: String, command: JSON)] {
    let below = (command["subcommands"]?.elements ?? []).flatMap { leaves($0, "\(name) \($0["commandName"]?.text ?? "")") }
    return below.isEmpty ? [(name, command)] : below
  }

  private static func synopsis(_ name: String, _ command: JSON) -> String {
    let positionals = arguments(of: command).filter { $0["kind"]?.text == "positional" }
    let words = positionals.map { argument in
      let name = "\\fI\(escaped(argument["valueName"]?.text ?? ""))\\fR\(argument["isRepeating"] == .bool(true) ? "..." : "")"
      return argument["isOptional"] == .bool(true) ? "[\(name)]" : name
    }
    return (["\\fB\(escaped(name))\\fR", "[\\fIoptions\\fR]"] + words).joined(separator: " ")
  }

  private static func section(_ name: String, _ command: JSON) -> [String] {
    let words = [command["abstract"]?.text, command["discussion"]?.text].compactMap(\.self)
    return [".SS \(escaped(String(name.dropFirst("advgan-job ".count))))"] + words.flatMap { [".PP"] + paragraph($0) }
      + arguments(of: command).flatMap(entry)
  }

  /// Those of a command's own, without `--help` and `--version`, which each has.
  private static func arguments(of command: JSON) -> [JSON] {
    (command["arguments"]?.elements ?? []).filter {
      $0["shouldDisplay"] != .bool(false) && !["help", "version"].contains($0["preferredName"]?["name"]?.text ?? "")
    }
  }

  private static func entry(_ argument: JSON) -> [String] {
    var words = argument["abstract"]?.text ?? ""
    if let value = argument["defaultValue"]?.text, argument["kind"]?.text == "option" { words += " Default: \(value)." }
    return [".TP", head(argument)] + paragraph(words)
  }

  /// `-f, --file FILE`.
  private static func head(_ argument: JSON) -> String {
    let value = "\\fI\(escaped(argument["valueName"]?.text ?? ""))\\fR"
    guard argument["kind"]?.text != "positional" else { return value }
    let names = (argument["names"]?.elements ?? []).map { name in
      "\\fB\(escaped((name["kind"]?.text == "short" ? "-" : "--") + (name["name"]?.text ?? "")))\\fR"
    }
    return names.joined(separator: ", ") + (argument["kind"]?.text == "option" ? " \(value)" : "")
  }

  /// Running text; a line that begins with a dot or an apostrophe would be a request.
  static func paragraph(_ text: String) -> [String] {
    text.split(separator: "\n").map { line in
      let line = escaped(String(line))
      return line.hasPrefix(".") || line.hasPrefix("'") ? "\\&\(line)" : line
    }
  }

  static func escaped(_ text: String) -> String { text.replacing("\\", with: "\\e").replacing("-", with: "\\-") }
}
