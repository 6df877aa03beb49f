/** Two images: side by side, one over the other with a slider, or as the picture of their difference. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useId, useRef, useState } from 'react';
import type { CSSProperties, JSX } from 'react';
import { drawDifference, share } from './pixels';

interface IImagesProps {
  /** Data URLs. */
  recorded: string;
  rerun: string;
  trans: TranslationBundle;
}

type Mode = 'sides' | 'slider' | 'difference';

export function ImageDiff({ recorded, rerun, trans }: IImagesProps): JSX.Element {
  const [mode, setMode] = useState<Mode>('sides');
  if (recorded === rerun) {
    return (
      <figure className="jp-Prov-figure">
        <img src={recorded} alt={trans.__('Recorded and re-run image')} />
        <figcaption className="jp-Prov-hint">{trans.__('The two images are identical.')}</figcaption>
      </figure>
    );
  }
  return (
    <>
      <Modes mode={mode} setMode={setMode} trans={trans} />
      {mode === 'sides' && (
        <div className="jp-Prov-sides">
          <OneImage src={recorded} name={trans.__('Recorded')} trans={trans} />
          <OneImage src={rerun} name={trans.__('Re-run')} trans={trans} />
        </div>
      )}
      {mode === 'slider' && <Slider recorded={recorded} rerun={rerun} trans={trans} />}
      {mode === 'difference' && <Difference recorded={recorded} rerun={rerun} trans={trans} />}
    </>
  );
}

interface IModesProps {
  mode: Mode;
  setMode: (mode: Mode) => void;
  trans: TranslationBundle;
}

function Modes({ mode, setMode, trans }: IModesProps): JSX.Element {
  const name = useId();
  const words: [Mode, string][] = [
    ['sides', trans.__('Side by side')],
    ['slider', trans.__('Slider')],
    ['difference', trans.__('Difference')]
  ];
  return (
    <fieldset className="jp-Prov-modes">
      <legend className="jp-Prov-unseen">{trans.__('How to compare the images')}</legend>
      {words.map(([value, word]) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            value={value}
            checked={mode === value}
            onChange={() => setMode(value)}
          />
          {word}
        </label>
      ))}
    </fieldset>
  );
}

interface IOneProps {
  src: string;
  /** Which side it is. */
  name: string;
  trans: TranslationBundle;
}

/** An image, or a sentence where it is none. */
export function OneImage({ src, name, trans }: IOneProps): JSX.Element {
  const [isBroken, setIsBroken] = useState(false);
  return (
    <figure className="jp-Prov-figure">
      <figcaption className="jp-Prov-sideName">{name}</figcaption>
      {isBroken ? (
        <p className="jp-Prov-hint">{trans.__('This image cannot be shown.')}</p>
      ) : (
        <img src={src} alt={trans.__('Image, %1', name)} onError={() => setIsBroken(true)} />
      )}
    </figure>
  );
}

/** The re-run image over the recorded one, as far as the slider is to the left. */
function Slider({ recorded, rerun, trans }: IImagesProps): JSX.Element {
  const [percent, setPercent] = useState(50);
  return (
    <div className="jp-Prov-slider">
      <div className="jp-Prov-layers" style={{ '--jp-prov-at': `${percent}%` } as CSSProperties}>
        <img src={recorded} alt={trans.__('Recorded image')} />
        <img src={rerun} alt={trans.__('Re-run image')} />
      </div>
      <label>
        <span>{trans.__('Recorded')}</span>
        <input
          type="range"
          min={0}
          max={100}
          value={percent}
          aria-label={trans.__('How much of the recorded image is seen')}
          aria-valuetext={trans.__('%1 % recorded, %2 % re-run', percent, 100 - percent)}
          onChange={event => setPercent(event.target.valueAsNumber)}
        />
        <span>{trans.__('Re-run')}</span>
      </label>
    </div>
  );
}

function Difference({ recorded, rerun, trans }: IImagesProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [told, setTold] = useState(trans.__('Comparing the images …'));
  useEffect(() => {
    let isGone = false;
    const tell = (text: string): void => {
      if (!isGone) {
        setTold(text);
      }
    };
    Promise.all([loaded(recorded), loaded(rerun)])
      .then(([one, other]) => {
        if (!isGone && canvas.current) {
          tell(differenceWords(trans, paint(canvas.current, one, other)));
        }
      })
      .catch(() => tell(trans.__('One of these images cannot be shown.')));
    return () => {
      isGone = true;
    };
  }, [recorded, rerun, trans]);
  return (
    <figure className="jp-Prov-figure">
      <canvas
        ref={canvas}
        role="img"
        aria-label={trans.__('Difference of the images')}
        width={0}
        height={0}
      />
      <figcaption className="jp-Prov-hint">
        <span role="status">{told}</span>
      </figcaption>
    </figure>
  );
}

interface IPainted {
  changed: number;
  all: number;
  /** Of the recorded and of the re-run image. */
  sizes: [string, string];
  isScaled: boolean;
}

function differenceWords(trans: TranslationBundle, { changed, all, sizes, isScaled }: IPainted): string {
  return [
    changed === 0
      ? trans.__('No pixel differs.')
      : trans.__('%1 % of the pixels differ.', share(changed, all)),
    sizes[0] === sizes[1] ? '' : trans.__('The recorded image has %1 pixels, the re-run one %2.', ...sizes),
    isScaled ? trans.__('They were compared at a smaller size.') : ''
  ]
    .filter(Boolean)
    .join(' ');
}

/** More pixels are compared in a smaller picture, as they would take too long. */
const MOST_PIXELS = 4_000_000;

function paint(canvas: HTMLCanvasElement, one: HTMLImageElement, other: HTMLImageElement): IPainted {
  const [width, height] = [Math.max(one.width, other.width), Math.max(one.height, other.height)];
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) {
    throw new Error('No canvas here.');
  }
  const pixels = (image: HTMLImageElement): Uint8ClampedArray => {
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, image.width * scale, image.height * scale);
    return context.getImageData(0, 0, canvas.width, canvas.height).data;
  };
  const [old, next] = [pixels(one), pixels(other)];
  const result = context.createImageData(canvas.width, canvas.height);
  const changed = drawDifference(old, next, result.data);
  context.putImageData(result, 0, 0);
  const sizes: [string, string] = [`${one.width} × ${one.height}`, `${other.width} × ${other.height}`];
  return { changed, all: canvas.width * canvas.height, sizes, isScaled: scale < 1 };
}

async function loaded(src: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = src;
  await image.decode();
  return image;
}
