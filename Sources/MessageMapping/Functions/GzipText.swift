import CZlib

/// Unpacks gzip (RFC 1952) within a bound: a few bytes can be made to unpack to as many as there is room for.
enum GzipText {
    enum Fault: String, Error {
        case malformed = "gzip-malformed"
        case tooLarge = "gzip-too-large"
    }

    /// Whether bytes begin as gzip does.
    static func isGzip(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// - Parameters:
    ///   - bytes: one gzip file.
    ///   - limit: the most bytes that may come out.
    /// - Returns: what was packed.
    /// - Throws: ``Fault`` when the bytes are no gzip, are damaged or cut off, or unpack to more than the limit.
    static func unpacked(_ bytes: [UInt8], limit: Int) throws(Fault) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        // Several members make one file (section 2.2).
        repeat {
            guard let inflater = Inflater() else { throw .malformed }
            let used = try inflater.run(rest, into: &result, limit: limit)
            guard used > 0 else { throw .malformed }
            rest = rest.dropFirst(used)
        } while isGzip(rest)
        // Some writers pad the end with zeros.
        guard rest.allSatisfy({ $0 == 0 }) else { throw .malformed }
        return result
    }
}

/// Owns one zlib stream. zlib keeps its address, so it must not move.
private struct Inflater: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>
    private static let chunk = 64 << 10

    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard czlib_start_gunzip(stream) == Z_OK else {
            stream.deinitialize(count: 1)
            stream.deallocate()
            return nil
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Unpacks one member.
    /// - Returns: how many bytes it took.
    func run(_ bytes: ArraySlice<UInt8>, into result: inout [UInt8], limit: Int) throws(GzipText.Fault) -> Int {
        guard let size = UInt32(exactly: bytes.count) else { throw .tooLarge }
        var packed = Array(bytes)
        return try packed.withUnsafeMutableBufferPointer { (buffer) throws(GzipText.Fault) in
            stream.pointee.next_in = buffer.baseAddress
            stream.pointee.avail_in = size
            defer { stream.pointee.next_in = nil }
            var room = [UInt8](repeating: 0, count: Self.chunk)
            while true {
                let (status, count) = step(&room)
                guard result.count + count <= limit else { throw .tooLarge }
                result.append(contentsOf: room[..<count])
                if status == Z_STREAM_END { return Int(size - stream.pointee.avail_in) }
                guard status == Z_OK, count > 0 || stream.pointee.avail_in > 0 else { throw .malformed }
            }
        }
    }

    private func step(_ room: inout [UInt8]) -> (status: Int32, count: Int) {
        room.withUnsafeMutableBufferPointer { buffer in
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = UInt32(buffer.count)
            let status = inflate(stream, Z_NO_FLUSH)
            return (status, buffer.count - Int(stream.pointee.avail_out))
        }
    }
}
