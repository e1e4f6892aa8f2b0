import { Title } from "@mantine/core";

export const DashboardsScreen = () => <Title order={1}>Dashboards</Title>;
