// Package timecode converts between timecodes, frame numbers and times, exactly
// and for every rate that a package may have.
//
// Source: SMPTE ST 12-1, "Time and Control Code". A timecode counts frames from
// midnight, 00:00:00:00, to the last frame of a day of 24 hours, and begins
// again. At the rates of 1000/1001 (23.976, 29.97, 59.94) a second of timecode
// lasts 1.001 seconds, so it falls behind the clock. Drop-frame timecode makes up
// for that by leaving out numbers, never pictures: at 29.97 the numbers 00 and 01
// of each minute but each tenth, at 59.94 the numbers 00 to 03. It is written
// with a semicolon before the frame.
//
// Above 30 frames a second the code on tape counts pairs of frames. Written out
// it counts the frames themselves, 00 to 59, as editing systems show it; so does
// this package.
package timecode
