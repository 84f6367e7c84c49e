extension PartialDate {
    /// The first day that it may mean, in London for a time with an offset.
    package var firstDay: CivilDate? { known ?? CivilDate(year: year, month: month, day: 1) }

    /// The last day that it may mean.
    package var lastDay: CivilDate? {
        if let known { return known }
        let last = precision == .year ? 12 : month
        return [31, 30, 29, 28].lazy.compactMap { CivilDate(year: year, month: last, day: $0) }.first
    }

    private var known: CivilDate? {
        guard let civilDate, let offset = offsetMinutes else { return civilDate }
        return CivilDate.inLondon(from: (civilDate.daysSince1970 * 1440 + hour * 60 + minute - offset) * 60)
    }
}
