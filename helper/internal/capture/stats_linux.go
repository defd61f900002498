package capture

import "golang.org/x/sys/unix"

// Counts are packets since the last time that they were taken.
type Counts struct {
	// Passed went through the filter, Dropped are those of them that found no room.
	Passed, Dropped uint64
}

// TakeCounts reads and clears the kernel's counters (packet(7), PACKET_STATISTICS).
func (c *Capture) TakeCounts() (counts Counts) {
	for _, s := range []*socket{c.ipv4, c.ipv6} {
		if stats, err := unix.GetsockoptTpacketStats(s.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS); err == nil {
			counts.Passed += uint64(stats.Packets)
			counts.Dropped += uint64(stats.Drops)
		}
	}
	return counts
}
