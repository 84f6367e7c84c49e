import CanonicalModel
import Testing

@Test("Record levels stand in the order in which they show more")
func recordLevels() {
    #expect(RecordLevel.allCases == RecordLevel.allCases.sorted())
    #expect(RecordLevel.summary < .detailed)
    #expect(RecordLevel.documents < .full)
}
