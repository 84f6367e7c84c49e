import Metrics

/// The names of the metrics. Their labels are configured names and stable codes alone, so that their number is bounded.
enum GatewayMetrics {
    /// Messages of a source by what became of them.
    static func source(_ name: String, _ what: String, by amount: Int) {
        Counter(label: "hatchway_source_messages", dimensions: [("source", name), ("outcome", what)])
            .increment(by: amount)
    }

    /// Events of a consumer by what became of them.
    static func consumer(_ name: String, _ what: String, by amount: Int) {
        Counter(label: "hatchway_consumer_events", dimensions: [("consumer", name), ("outcome", what)])
            .increment(by: amount)
    }

    static func issues(mapping: String, code: String, by amount: Int) {
        Counter(label: "hatchway_issues", dimensions: [("mapping", mapping), ("code", code)]).increment(by: amount)
    }
}
