#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// CPU time of the calling thread: what other processes do meanwhile does not count.
enum ThreadClock {
    static var nanoseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
