import { Title } from "@mantine/core";

export const GenerationsScreen = () => <Title order={1}>Generations</Title>;
