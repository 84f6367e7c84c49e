package import CanonicalModel

/// When time itself changes what may be known of a patient: the birthdays of rule 11, the days on which permissions begin
/// and end, in London.
package enum ReviewCalendar {
    /// The next such day after a day; nil when there is none.
    package static func next(_ standing: PatientStanding?, after day: CivilDate) -> CivilDate? {
        guard let standing else { return nil }
        var days: [CivilDate?] = []
        if let birth = standing.birthDate.flatMap({ PartialDate($0)?.civilDate }) {
            days += [birth] + [11, 13, 16].map { birth.adding(years: $0) }
        }
        let grants = [standing.access].compactMap(\.self) + (standing.proxies ?? []).map(\.services)
        days += grants.map { $0.recordProspectiveFrom.flatMap { PartialDate($0)?.lastDay } }
        for proxy in standing.proxies ?? [] {
            days.append(proxy.from.flatMap { PartialDate($0)?.lastDay })
            // The last day of a permission still has it.
            days.append(proxy.until.flatMap { PartialDate($0)?.firstDay }?.next)
        }
        return days.compactMap(\.self).filter { $0 > day }.min()
    }
}

extension CivilDate {
    fileprivate var next: CivilDate { CivilDate(daysSince1970: daysSince1970 + 1) }
}
