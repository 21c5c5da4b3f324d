import AdvGAN
import ArgumentParser
import Testing

@testable import advgan_job

/// Mistakes in the options of `attack` and `sample`, word for word. Nothing is read from the disk before the options are right.
@Suite struct UsageTests {
  /// What a person is told about a command line, and the exit status.
  func complaint(_ line: String) -> (sentence: String, status: Int32)? {
    // An empty argument is written as ''.
    let arguments = line.split(separator: " ").map { $0 == "''" ? "" : String($0) }
    do {
      _ = try AdvGANJob.parseAsRoot(arguments)
      return nil
    } catch {
      return (AdvGANJob.message(for: error), AdvGANJob.exitCode(for: error).rawValue)
    }
  }

  @Test(arguments: [
    ("--network resnet32", "give either --weights or --artifact"),
    ("--weights w --artifact a --network resnet32", "give either --weights or --artifact"),
    ("--weights w", "--weights needs --network: one of NETWORKS"),
    ("--weights w --network lenet", "there is no network 'lenet'; known: NETWORKS"),
    ("--artifact a --network resnet32", "an artifact knows its network: leave --network out"),
    ("--weights w --network resnet32 --member best", "--member names weights of an artifact: leave it out"),
    ("--weights w --network resnet32 --width 0", "--width must lie between 1 and 1024, not 0"),
    ("--weights w --network resnet32 --classes 0", "--classes must lie between 1 and 100000, not 0"),
  ])
  func bothCommandsRefuseWeightsThatAreNotNamedRight(_ options: String, _ sentence: String) throws {
    let sentence = sentence.replacing("NETWORKS", with: Networks.names.joined(separator: ", "))
    for command in ["attack --data d", "sample -o o.png"] {
      let told = try #require(complaint("\(command) \(options)"))
      #expect(told.sentence == sentence && told.status == 64)
    }
  }

  @Test(arguments: [
    ("--epsilon 2", "--epsilon takes sizes from 0 to 1 such as 8/255 or 0.03, not '2'"),
    ("--epsilon ''", "--epsilon takes sizes from 0 to 1 such as 8/255 or 0.03, not ''"),
    ("--epsilon 0,,2/255", "--epsilon takes sizes from 0 to 1 such as 8/255 or 0.03, not ''"),
    ("--epsilon 8/0", "--epsilon takes sizes from 0 to 1 such as 8/255 or 0.03, not '8/0'"),
    (
      "--attack pgd:step=nan",
      "'step' in '--attack' of the command line must be a size such as 2/255 or 0.01 from 0 to 1, or a share of the way such as "
        + "'2.5 epsilon / steps', but is the text \"nan\""
    ),
    ("--split exam", "--split must be train, validation or test, not 'exam'"),
    (
      "--attack pgd:counted=best",
      "'counted' in '--attack' of the command line must be one of every, last, but is the text \"best\""
    ),
    ("--attack hope", "'kind' in '--attack' of the command line must be one of ATTACKS, but is the text \"hope\""),
    ("--attack pgd:stepz=3", "unknown key 'stepz' in '--attack' of the command line (did you mean 'steps'?)"),
    ("--attack pgd:steps=1,steps=2", "--attack names 'steps' twice in 'pgd:steps=1,steps=2'"),
    ("--epsilon 8/255,16/510", "--epsilon names a size twice: '8/255,16/510'"),
    ("--attack pgd:steps", "--attack takes a name, or a name with settings such as pgd:steps=50,restarts=5, not 'pgd:steps'"),
    ("--limit 0", "--limit must be at least 1, not 0"),
    ("--attack pgd:steps=0", "'steps' in '--attack' of the command line must be a whole number from 1 to 10000, but is '0'"),
    ("--seed=-1", "--seed must be at least 0, not -1"),
    ("--threads 100000", "--threads must lie between 1 and 1024, but is 100000"),
    ("--convolution fast", "--convolution must be winograd or exact, not 'fast'"),
  ])
  func attackRefusesOptionsThatMeanNothing(_ options: String, _ sentence: String) throws {
    let sentence = sentence.replacing("ATTACKS", with: Attacks.names.joined(separator: ", "))
    let told = try #require(complaint("attack --artifact a --data d \(options)"))
    #expect(told.sentence == sentence && told.status == 64)
  }

  @Test(arguments: [
    ("--labels 3-1", "--labels takes classes such as 0-9 or 3,5,7, not '3-1'"),
    ("--labels ''", "--labels takes classes such as 0-9 or 3,5,7, not ''"),
    ("--labels 1,,2", "--labels takes classes such as 0-9 or 3,5,7, not '1,,2'"),
    ("--labels 0-1-2", "--labels takes classes such as 0-9 or 3,5,7, not '0-1-2'"),
    ("--rows 1000", "1000 rows of 10 classes are 10000 images; a grid holds 4096, all made at once"),
    ("-o image.jpg", "--output names the PNG file to write, such as samples.png, not 'image.jpg'"),
    ("-o -", "--output names the PNG file to write, such as samples.png, not '-'"),
    ("--rows 0", "--rows must lie between 1 and 1000, not 0"),
    ("--seed=-1", "--seed must be at least 0, not -1"),
    ("--threads 100000", "--threads must lie between 1 and 1024, but is 100000"),
    ("--convolution fast", "--convolution must be winograd or exact, not 'fast'"),
  ])
  func sampleRefusesOptionsThatMeanNothing(_ options: String, _ sentence: String) throws {
    let told = try #require(complaint("sample --artifact a -o o.png \(options)"))
    #expect(told.sentence == sentence && told.status == 64)
  }

  @Test func whatIsRightIsNotRefused() {
    #expect(complaint("attack --artifact a --data d --epsilon 0,8/255,0.1 --split train --threads 1024") == nil)
    #expect(complaint("sample --weights w --network resnet32 -o o.png --labels 0-2,5") == nil)
  }
}
