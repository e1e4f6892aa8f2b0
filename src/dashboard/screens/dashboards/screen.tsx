import { Title } from "@mantine/core";

export const DashboardScreen = () => <Title order={1}>Dashboard</Title>;
