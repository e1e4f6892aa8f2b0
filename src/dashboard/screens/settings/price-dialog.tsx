import { ActionIcon, Button, Group, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { PriceList } from "../../../features/pricing/contract.ts";
import type { Answer } from "../../api/client.ts";
import { fieldError } from "../../parts/field-error.ts";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { useProject } from "../../shell/project.ts";

export type Price = Answer<typeof PriceList>["data"][number];

export const PRICES = "/api/public/prices";

export function useRefreshPrices() {
  const { id } = useProject();
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: [id, "prices"] });
}

/** A kind of token and what a million of it costs. `id` stays with it while others go. */
type Kind = { id: number; name: string; usd: number | string };

const FIRST_KINDS: Kind[] = [
  { id: 0, name: "input", usd: "" },
  { id: 1, name: "output", usd: "" },
];

const kindsOf = (price: Price | undefined): Kind[] =>
  price
    ? Object.entries(price.usdPerMillion).map(([name, usd], id) => ({ id, name, usd }))
    : FIRST_KINDS;

/** Days are UTC's, as they are counted. */
const dayOf = (instant: string): string => (Date.parse(instant) === 0 ? "" : instant.slice(0, 10));

function KindRow({
  kind: { name, usd },
  place,
  error,
  onChange,
  onRemove,
}: {
  kind: Kind;
  place: number;
  error: string | undefined;
  onChange: (part: Partial<Kind>) => void;
  onRemove: (() => void) | undefined;
}) {
  return (
    <Group wrap="nowrap" gap="xs" align="flex-start">
      <TextInput
        aria-label={`Kind ${place}`}
        placeholder="input_cached_tokens"
        required
        maxLength={64}
        flex={1}
        value={name}
        error={error}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <NumberInput
        aria-label={`USD per million of kind ${place}`}
        required
        hideControls
        min={0}
        max={1_000_000}
        prefix="$"
        w={110}
        value={usd}
        onChange={(now) => onChange({ usd: now })}
      />
      <ActionIcon
        variant="default"
        size={36}
        disabled={onRemove === undefined}
        aria-label={`Remove kind ${place}`}
        onClick={onRemove}
      >
        <Icon name="close" size={14} />
      </ActionIcon>
    </Group>
  );
}

/** What calls to a model cost from a day on: a new price, or other amounts of one. */
export function PriceDialog({ price, onClose }: { price: Price | undefined; onClose: () => void }) {
  const { api } = useProject();
  const refresh = useRefreshPrices();
  const [model, setModel] = useState(price?.model ?? "");
  const [day, setDay] = useState(price ? dayOf(price.validFrom) : "");
  const [kinds, setKinds] = useState(() => kindsOf(price));
  const given = kinds.filter(({ usd }) => usd !== "");
  const set = (id: number, part: Partial<Kind>): void =>
    setKinds((before) => before.map((kind) => (kind.id === id ? { ...kind, ...part } : kind)));
  const save = async (): Promise<void> => {
    await api.send("PUT", PRICES, {
      model,
      // The instant of a price that is changed says which one it is.
      ...(price ? { validFrom: price.validFrom } : {}),
      ...(price || day === "" ? {} : { validFrom: `${day}T00:00:00.000Z` }),
      usdPerMillion: Object.fromEntries(given.map(({ name, usd }) => [name.trim(), Number(usd)])),
    });
    await refresh();
  };
  return (
    <FormDialog
      title={price ? `Change the price of ${price.model}` : "New price"}
      confirm="Save"
      failure="It was not saved"
      isReady={given.length > 0}
      fields={["model", "validFrom", "usdPerMillion"]}
      onClose={onClose}
      onConfirm={save}
    >
      {(error) => (
        <>
          <TextInput
            label="Model"
            description="As calls name it; * stands for any characters"
            placeholder="gpt-4o*"
            required
            maxLength={200}
            disabled={price !== undefined}
            value={model}
            error={fieldError(error, "model")}
            onChange={(event) => setModel(event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label="From the day"
            description="Its midnight in UTC; empty: always"
            disabled={price !== undefined}
            value={day}
            error={fieldError(error, "validFrom")}
            onChange={(event) => setDay(event.currentTarget.value)}
          />
          <Stack gap="xs">
            <Text size="sm" fw={500}>
              USD per million tokens, by kind
            </Text>
            {kinds.map((kind, index) => (
              <KindRow
                key={kind.id}
                kind={kind}
                place={index + 1}
                error={fieldError(error, `usdPerMillion.${kind.name.trim()}`)}
                onChange={(part) => set(kind.id, part)}
                onRemove={
                  kinds.length > 1
                    ? () => setKinds((before) => before.filter(({ id }) => id !== kind.id))
                    : undefined
                }
              />
            ))}
            <Group>
              <Button
                variant="default"
                size="xs"
                onClick={() =>
                  setKinds((before) => [
                    ...before,
                    { id: Math.max(...before.map(({ id }) => id)) + 1, name: "", usd: "" },
                  ])
                }
              >
                Add a kind
              </Button>
            </Group>
            <Text size="sm" c="dimmed">
              Kinds that are not named, such as input_cached_tokens, cost what input or output
              costs.
            </Text>
          </Stack>
        </>
      )}
    </FormDialog>
  );
}
