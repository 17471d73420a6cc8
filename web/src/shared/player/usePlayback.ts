import { type RefObject, useEffect, useRef, useState } from "react";
import { frameAt, framesPerSecond, middleOf, nearestFrame, type Rate } from "@/shared/lib/timecode";

const speeds = [1, 2, 4, 8];

/** What a video does, by frames of a rate. */
export function usePlayback(video: RefObject<HTMLVideoElement | null>, rate: Rate, at: number | undefined) {
  const [shown, setShown] = useState({ seconds: 0, begins: false }); // begins: that is when the picture on the screen does
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const [secondsPerFrame, setSecondsPerFrame] = useState<number>();
  // Where it is to go, until it is there: the next step counts from it.
  const wanted = useRef<number>(undefined);

  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    let handle = 0;
    let first: { time: number; presented: number } | undefined;
    const look = () => setShown({ seconds: element.currentTime, begins: false });
    const onPicture = (_: number, picture: VideoFrameCallbackMetadata) => {
      setShown({ seconds: picture.mediaTime, begins: true });
      // How long pictures last shows in those that follow each other while it plays.
      if (element.paused || element.seeking || element.playbackRate !== 1) first = undefined;
      else if (first === undefined) first = { time: picture.mediaTime, presented: picture.presentedFrames };
      else if (picture.presentedFrames - first.presented >= 24) {
        setSecondsPerFrame((picture.mediaTime - first.time) / (picture.presentedFrames - first.presented));
        first = undefined;
      }
      handle = element.requestVideoFrameCallback(onPicture);
    };
    const state = () => {
      setPlaying(!element.paused);
      setSpeed(element.playbackRate);
    };
    const arrived = () => {
      wanted.current = undefined;
      look();
    };
    const begin = () => {
      if (at !== undefined) element.currentTime = middleOf(rate, at);
    };
    handle = element.requestVideoFrameCallback(onPicture);
    if (element.readyState > 0) begin();
    else element.addEventListener("loadedmetadata", begin, { once: true });
    for (const name of ["play", "pause", "ratechange"]) element.addEventListener(name, state);
    element.addEventListener("timeupdate", look);
    element.addEventListener("seeked", arrived);
    return () => {
      element.cancelVideoFrameCallback(handle);
      element.removeEventListener("loadedmetadata", begin);
      for (const name of ["play", "pause", "ratechange"]) element.removeEventListener(name, state);
      element.removeEventListener("timeupdate", look);
      element.removeEventListener("seeked", arrived);
    };
    // Where it begins is told once; another rate is another way of counting.
  }, [video, at === undefined]);

  const now = () => wanted.current ?? video.current?.currentTime ?? 0;
  const go = (to: number) => {
    const element = video.current;
    if (element === null) return;
    const end = Number.isFinite(element.duration) ? element.duration : to;
    wanted.current = Math.max(0, Math.min(to, end - 0.001));
    element.currentTime = wanted.current;
  };
  const pause = () => {
    const element = video.current;
    if (element === null) return;
    element.pause();
    element.playbackRate = 1;
  };
  const play = () => {
    // That a later pause comes first is no fault.
    void video.current?.play().catch(() => undefined);
  };
  return {
    frame: shown.begins ? nearestFrame(rate, shown.seconds) : frameAt(rate, shown.seconds),
    playing,
    speed,
    secondsPerFrame,
    pause,
    seek: (frame: number) => {
      pause();
      go(middleOf(rate, frame));
    },
    step: (by: number) => {
      pause();
      go(middleOf(rate, Math.max(0, frameAt(rate, now()) + by)));
    },
    jump: (seconds: number) => go(middleOf(rate, Math.max(0, frameAt(rate, now()) + seconds * framesPerSecond(rate)))),
    toggle: () => (video.current?.paused === false ? pause() : play()),
    /** L plays, and again faster. */
    faster: () => {
      const element = video.current;
      if (element === null) return;
      if (element.paused) play();
      else element.playbackRate = speeds[Math.min(speeds.indexOf(element.playbackRate) + 1, speeds.length - 1)] ?? 1;
    },
  };
}
