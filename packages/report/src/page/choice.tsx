/** A row of buttons of which one is pressed. */
export function Choice<Word extends string>({
  label,
  words,
  value,
  onChoose,
}: {
  readonly label: string;
  readonly words: readonly Word[];
  readonly value: Word;
  readonly onChoose: (word: Word) => void;
}) {
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {words.map((word) => (
        <button type="button" key={word} aria-pressed={word === value} onClick={() => onChoose(word)}>
          {word}
        </button>
      ))}
    </fieldset>
  );
}
