import Documents
import Foundation
import GatewayService
import Interpretation
import MessageMapping
import Testing

/// Every sample says what its expected file, read by people against the format notes, says it says.
struct SampleTests {
    @Test("A sample is read as its expected file says", arguments: try Sample.all()) func sample(_ sample: Sample)
        throws
    {
        let reader = try MessageReader(mappings: MappingFolder.load([Sample.root + "/Mappings"]))
        let readings = try SampleCheck.read(sample.file, with: reader, sizeLimit: 20 << 20)
        let expected = try Data(contentsOf: URL(filePath: sample.file.expectedPath))
        #expect(readings.compare(expected)?.description == nil)
    }

    @Test("Every mapping has a sample, and every sample an expected file") func completeness() throws {
        var check = GatewayCheck()
        check.mappings([Sample.root + "/Mappings"], samples: [Sample.root + "/Samples"], limits: .init())
        #expect(check.findings == [])
    }

    @Test("What the ids of every mapping are made of is recorded (hatchway check --record-ids)") func identities()
        throws
    {
        let folder = Sample.root + "/Mappings"
        let set = try MappingFolder.load([folder])
        let recorded = try String(contentsOfFile: "\(folder)/\(IdentityRecord.fileName)", encoding: .utf8)
        #expect(recorded == IdentityRecord.text(of: set.mappings))
    }
}

/// A message under `Samples/`.
struct Sample: Sendable, CustomTestStringConvertible {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    let file: MessageFile

    var testDescription: String { String(file.path.dropFirst(Self.root.count + "/Samples/".count)) }

    static func all() throws -> [Sample] { try MessageFile.find([root + "/Samples"]).map { Sample(file: $0) } }
}
