import { ActionIcon, NativeSelect, TextInput, Tooltip } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import {
  IconBracketsContainEnd,
  IconBracketsContainStart,
  IconExternalLink,
  IconPlayerPause,
  IconPlayerPlay,
  IconChevronLeft,
  IconChevronRight,
  IconChevronsLeft,
  IconChevronsRight,
  IconRewindBackward10,
  IconRewindForward10,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { isRate, type Rate, rateOf, rates, readTimecode, timecodeAt } from "@/shared/lib/timecode";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { CueList } from "./CueList";
import { isTimedText } from "./cues";
import { cuesQuery, type DeliveredFile, type Delivery, playedQuery, proxyOf } from "./files";
import { t } from "./messages/t";
import { NotPlayed } from "./NotPlayed";
import styles from "./Player.module.css";
import { usePlayback } from "./usePlayback";

export interface Marks {
  in?: string;
  out?: string;
}

interface Props {
  request: string;
  delivery: Delivery | undefined; // undefined where nothing is known of one
  file: string | undefined; // id; undefined for the first that can be played
  rate: Rate;
  at?: number; // the frame to begin at
  marks: boolean; // whether somebody takes marks
  onFile: (id: string) => void;
  onRate: (rate: Rate) => void;
  onMark?: (marks: Marks) => void;
  onPopOut?: (file: string, frame: number) => void;
}

/** Plays a delivered file with SMPTE timecode, frame by frame if need be. */
export function Player({ request, delivery, file: chosen, rate, at, marks, onFile, onRate, onMark, onPopOut }: Props) {
  const files = delivery?.files ?? [];
  const file = files.find((f) => f.id === chosen) ?? files.find((f) => !isTimedText(f.name)) ?? files[0];
  if (delivery === undefined || file === undefined) return <p className={styles.nothing}>{t("player.noFiles")}</p>;
  return (
    <section className={styles.player} aria-label={t("player.player", { name: file.name })}>
      <div className={styles.choices}>
        <NativeSelect size="xs" className={styles.file} label={t("player.file")} value={file.id} data={files.map((f) => ({ value: f.id, label: f.name }))} onChange={(event) => onFile(event.currentTarget.value)} />
        <NativeSelect size="xs" label={t("player.rate")} value={rate} data={rates} onChange={(event) => isRate(event.currentTarget.value) && onRate(event.currentTarget.value)} />
      </div>
      <Playing key={file.id} proxy={proxyOf(request, delivery.id, file.id)} {...{ file, files, rate, at, marks, onRate, onMark, onPopOut }} />
    </section>
  );
}

interface PlayingProps extends Pick<Props, "rate" | "at" | "marks" | "onRate" | "onMark" | "onPopOut"> {
  proxy: string;
  file: DeliveredFile;
  files: DeliveredFile[];
}

function Playing({ proxy, file, files, rate, at, marks, onRate, onMark, onPopOut }: PlayingProps) {
  const here = file.delivered_at !== null && file.content !== null;
  const played = useQuery({ ...playedQuery(proxy), enabled: here && !isTimedText(file.name) });
  const [broken, setBroken] = useState(false);
  const own = useQuery(cuesQuery(isTimedText(file.name) ? file : undefined));

  if (isTimedText(file.name) && here) return <CueList file={file} cues={own} rate={rate} onMark={marks ? onMark : undefined} />;
  if (!here || broken || played.data === "none") return <NotPlayed file={file} why={!here ? (file.location === null ? "notYet" : "elsewhere") : broken ? "broken" : "format"} />;
  if (played.isError) return <ProblemNotice error={played.error} title={t("player.failed")} onRetry={() => void played.refetch()} />;
  if (played.data === "image") return <img className={styles.screen} src={proxy} alt={t("player.picture", { name: file.name })} />;
  if (played.data === undefined) return <div className={styles.screen} aria-busy="true" />;
  return <Screen kind={played.data} onBroken={() => setBroken(true)} {...{ proxy, file, files, rate, at, marks, onRate, onMark, onPopOut }} />;
}

function Screen({ kind, proxy, file, files, rate, at, marks, onRate, onMark, onPopOut, onBroken }: PlayingProps & { kind: "video" | "audio"; onBroken: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const { frame, playing, speed, secondsPerFrame, seek, step, jump, toggle, faster, pause } = usePlayback(video, rate, at);
  const [subtitles, setSubtitles] = useState("");
  const texts = files.filter((f) => isTimedText(f.name) && f.content !== null);
  const cues = useQuery(cuesQuery(texts.find((f) => f.id === subtitles)));
  const track = useRef<TextTrack>(null);

  useEffect(() => {
    if (video.current === null) return;
    track.current ??= video.current.addTextTrack("subtitles");
    const text = track.current;
    text.mode = cues.data === undefined ? "disabled" : "showing";
    if (cues.data === undefined) return;
    for (const cue of cues.data) text.addCue(new VTTCue(cue.from, cue.to, cue.text));
    return () => {
      while (text.cues?.[0] !== undefined) text.removeCue(text.cues[0]);
    };
  }, [cues.data]);

  const mark = (which: "in" | "out") => marks && onMark?.({ [which]: timecodeAt(rate, frame) });
  useHotkeys([
    ["space", toggle],
    ["k", pause],
    ["l", faster],
    ["j", () => jump(-10)],
    [",", () => step(-1)],
    [".", () => step(1)],
    ["ArrowLeft", () => jump(-1)],
    ["ArrowRight", () => jump(1)],
    ["shift+ArrowLeft", () => jump(-10)],
    ["shift+ArrowRight", () => jump(10)],
    ["i", () => mark("in")],
    ["o", () => mark("out")],
  ]);

  const measured = secondsPerFrame === undefined ? undefined : rateOf(secondsPerFrame);
  return (
    <>
      {/* What is checked has its subtitles as files of their own. */}
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
      <video ref={video} className={styles.screen} data-kind={kind} src={proxy} preload="auto" playsInline aria-label={file.name} onError={onBroken} onClick={toggle} />
      <div className={styles.tools}>
        <GoTo rate={rate} frame={frame} onGo={seek} />
        <Tool label={t("player.tenBack")} onClick={() => jump(-10)} icon={<IconRewindBackward10 size={16} />} />
        <Tool label={t("player.secondBack")} onClick={() => jump(-1)} icon={<IconChevronsLeft size={16} />} />
        <Tool label={t("player.frameBack")} onClick={() => step(-1)} icon={<IconChevronLeft size={16} />} />
        <Tool label={playing ? t("player.pause") : t("player.play")} onClick={toggle} icon={playing ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />} />
        <Tool label={t("player.frameOn")} onClick={() => step(1)} icon={<IconChevronRight size={16} />} />
        <Tool label={t("player.secondOn")} onClick={() => jump(1)} icon={<IconChevronsRight size={16} />} />
        <Tool label={t("player.tenOn")} onClick={() => jump(10)} icon={<IconRewindForward10 size={16} />} />
        {speed !== 1 && <span className={styles.speed}>{t("player.speed", { n: speed })}</span>}
        <span className={styles.space} />
        {marks && (
          <>
            <Tool label={t("player.markIn")} onClick={() => mark("in")} icon={<IconBracketsContainStart size={16} />} />
            <Tool label={t("player.markOut")} onClick={() => mark("out")} icon={<IconBracketsContainEnd size={16} />} />
          </>
        )}
        {texts.length > 0 && (
          <NativeSelect size="xs" aria-label={t("player.subtitles")} value={subtitles} data={[{ value: "", label: `${t("player.subtitles")}: ${t("player.noSubtitles")}` }, ...texts.map((f) => ({ value: f.id, label: f.name }))]} onChange={(event) => setSubtitles(event.currentTarget.value)} />
        )}
        {onPopOut !== undefined && <Tool label={t("player.popOut")} onClick={() => onPopOut(file.id, frame)} icon={<IconExternalLink size={16} />} />}
      </div>
      {measured !== undefined && Number.parseFloat(measured) !== Number.parseFloat(rate) && (
        <p className={styles.measured} role="status">
          {t("player.measured", { rate: measured })}{" "}
          <button type="button" className={styles.take} onClick={() => onRate(measured)}>
            {t("player.useMeasured")}
          </button>
        </p>
      )}
    </>
  );
}

function Tool({ label, icon, onClick }: { label: string; icon: ReactNode; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      {/* Keys such as Space are the player's wherever the focus is. */}
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick} onKeyDown={(event) => event.key === " " && event.preventDefault()} onKeyUp={(event) => event.key === " " && event.preventDefault()}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

/** The timecode of the picture, and the way to another. */
function GoTo({ rate, frame, onGo }: { rate: Rate; frame: number; onGo: (frame: number) => void }) {
  const [typed, setTyped] = useState<string>();
  const [wrong, setWrong] = useState(false);
  const go = () => {
    const read = readTimecode(rate, typed ?? "");
    if ("fault" in read) return setWrong(true);
    setTyped(undefined);
    onGo(read.frame);
  };
  return (
    <TextInput
      size="xs"
      className={styles.goTo}
      aria-label={t("player.timecode")}
      title={t("player.goTo")}
      value={typed ?? timecodeAt(rate, frame)}
      error={wrong ? t(rate.endsWith("DF") ? "player.wrongDrop" : "player.wrongTimecode", { rate }) : undefined}
      onFocus={(event) => event.currentTarget.select()}
      onBlur={() => {
        setTyped(undefined);
        setWrong(false);
      }}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        setWrong(false);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") go();
        else if (event.key === "Escape") event.currentTarget.blur();
        else return;
        event.preventDefault();
      }}
    />
  );
}

