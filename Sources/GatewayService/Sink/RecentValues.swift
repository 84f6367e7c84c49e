/// A dictionary that forgets the oldest keys beyond its limit.
struct RecentValues<Value: Sendable>: Sendable {
    private var values: [String: Value] = [:]
    private var order: [String] = []
    private var oldest = 0
    private let limit: Int
    private(set) var hasForgotten = false

    init(limit: Int) { self.limit = max(1, limit) }

    subscript(key: String) -> Value? {
        get { values[key] }
        set {
            guard let newValue else { return }
            if values.updateValue(newValue, forKey: key) != nil { return }
            guard order.count == limit else {
                order.append(key)
                return
            }
            values[order[oldest]] = nil
            order[oldest] = key
            oldest = (oldest + 1) % limit
            hasForgotten = true
        }
    }
}
