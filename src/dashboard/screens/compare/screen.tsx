import { Title } from "@mantine/core";

export const CompareScreen = () => <Title order={1}>Compare</Title>;
