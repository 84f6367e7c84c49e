package import struct Foundation.Date

/// Where dates come from, so that a test can say what the time is. Waiting is done with Swift's `Clock` instead.
package struct WallClock: Sendable {
    private let reading: @Sendable () -> Date

    package init(_ reading: @escaping @Sendable () -> Date) { self.reading = reading }

    package static let system = WallClock { Date() }

    package var now: Date { reading() }
}
