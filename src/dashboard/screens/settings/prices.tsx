import { Button, Group, Progress, Stack, Table, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Repriced } from "../../../features/ingest/reprice/contract.ts";
import type { PriceList } from "../../../features/pricing/contract.ts";
import { type Answer, withQuery } from "../../api/client.ts";
import { count, number } from "../../format/number.ts";
import { Empty } from "../../parts/empty.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { NewButton } from "../../parts/list-head.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { type Deed, MoreMenu } from "../../parts/more-menu.tsx";
import { ReasonDialog } from "../../parts/reason-dialog.tsx";
import { Instant } from "../../parts/shown.tsx";
import { WideTable } from "../../parts/wide-table.tsx";
import { useProject } from "../../shell/project.ts";
import { type Price, PriceDialog, PRICES, useRefreshPrices } from "./price-dialog.tsx";

const ALWAYS_MS = 0;

function RemoveDialog({ price, onClose }: { price: Price; onClose: () => void }) {
  const { api } = useProject();
  const refresh = useRefreshPrices();
  const { model, validFrom } = price;
  return (
    <ReasonDialog
      opened
      onClose={onClose}
      title={`Remove the price of ${model}`}
      confirm="Remove"
      isDangerous
      label={null}
      onConfirm={async () => {
        await api.send("DELETE", withQuery(PRICES, { model, validFrom }));
        await refresh();
      }}
    >
      <Text size="sm">
        Calls that come from now on cost what the built-in price list says. Those that are stored
        keep their cost until they are priced anew.
      </Text>
    </ReasonDialog>
  );
}

/** How far a run has come; null before the first step said how much there is. */
type Run = { scanned: number; changed: number; total: number | null };

/** Prices stored calls step by step, for as long as the dialog is open. */
function RepriceDialog({ onClose }: { onClose: () => void }) {
  const { id, api } = useProject();
  const queries = useQueryClient();
  const [run, setRun] = useState<Run>();
  const reprice = async (): Promise<void> => {
    let cursor: string | null = null;
    let sofar: Run = { scanned: 0, changed: 0, total: null };
    do {
      const step: Answer<typeof Repriced> = await api.send("POST", "/api/public/admin/reprice", {
        cursor,
      });
      sofar = {
        scanned: sofar.scanned + step.scanned,
        changed: sofar.changed + step.changed,
        total: step.total ?? sofar.total,
      };
      setRun(sofar);
      cursor = step.nextCursor;
    } while (cursor !== null);
    await queries.invalidateQueries({ queryKey: [id] });
  };
  return (
    <FormDialog
      title="Price stored calls anew"
      confirm="Price them anew"
      onClose={onClose}
      onConfirm={reprice}
    >
      <Text size="sm">
        Every call that is stored gets the cost of today&apos;s prices, and the numbers of its
        version follow. Calls older than the retention keep theirs. It may be stopped and begun
        again.
      </Text>
      {run && (
        <Stack gap={4} role="status">
          <Progress value={run.total ? (100 * run.scanned) / run.total : 0} aria-hidden />
          <Text size="sm">
            {count(run.scanned).text} of {count(run.total).text} looked at,{" "}
            {count(run.changed).text} cost something else now
          </Text>
        </Stack>
      )}
    </FormDialog>
  );
}

function Row({ price }: { price: Price }) {
  const { may } = useProject();
  const [asked, setAsked] = useState<"change" | "remove">();
  const onClose = (): void => setAsked(undefined);
  const { model, validFrom, usdPerMillion } = price;
  const deeds: Deed[] = [
    { name: "Change", act: () => setAsked("change") },
    { name: "Remove", act: () => setAsked("remove"), isDangerous: true },
  ];
  return (
    <Table.Tr>
      <Table.Td className="verbatim">{model}</Table.Td>
      <Table.Td>
        {Date.parse(validFrom) === ALWAYS_MS ? "always" : <Instant at={validFrom} />}
      </Table.Td>
      <Table.Td>
        {Object.entries(usdPerMillion).map(([kind, usd]) => (
          <Text size="sm" key={kind} style={{ overflowWrap: "anywhere" }}>
            {kind}: ${number(usd).exact}
          </Text>
        ))}
      </Table.Td>
      <Table.Td>
        {may("admin") && <MoreMenu label={`More of ${model}`} deeds={deeds} />}
        {asked === "change" && <PriceDialog price={price} onClose={onClose} />}
        {asked === "remove" && <RemoveDialog price={price} onClose={onClose} />}
      </Table.Td>
    </Table.Tr>
  );
}

/** What calls cost here otherwise than the built-in price list says. */
export function PricesPanel() {
  const { id, api, may } = useProject();
  const [asked, setAsked] = useState<"new" | "reprice">();
  const onClose = (): void => setAsked(undefined);
  const prices = useQuery({
    queryKey: [id, "prices"],
    queryFn: ({ signal }) => api.get<Answer<typeof PriceList>>(PRICES, {}, signal),
  });
  return (
    <Stack>
      <Group justify="space-between" align="flex-start">
        <Text c="dimmed" maw={480}>
          Calls cost what the built-in price list says, unless a price is set here: a discount, or a
          model of your own.
        </Text>
        {may("admin") && (
          <Group gap="xs">
            <Button variant="default" onClick={() => setAsked("reprice")}>
              Price stored calls anew
            </Button>
            <NewButton onClick={() => setAsked("new")}>New price</NewButton>
          </Group>
        )}
      </Group>
      <Loaded query={prices}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="No price of your own">The built-in price list covers every call.</Empty>
          ) : (
            <WideTable
              label="Prices"
              verticalSpacing="sm"
              isLastPinned
              miw={520}
              columns={["Model", "From", "USD per million tokens", "Actions"]}
            >
              {data.map((price) => (
                <Row key={`${price.model} ${price.validFrom}`} price={price} />
              ))}
            </WideTable>
          )
        }
      </Loaded>
      {asked === "new" && <PriceDialog price={undefined} onClose={onClose} />}
      {asked === "reprice" && <RepriceDialog onClose={onClose} />}
    </Stack>
  );
}
