import { Title } from "@mantine/core";

export const TraceScreen = () => <Title order={1}>Trace</Title>;
