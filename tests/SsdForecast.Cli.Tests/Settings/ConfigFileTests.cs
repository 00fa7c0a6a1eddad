using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Tests.Settings;

public class ConfigFileTests
{
    [Theory]
    [InlineData("model:\n  horizon: 3\n  horizn: 4\n", ":3: unknown key 'horizn' in section 'model'; did you mean 'horizon'?")]
    [InlineData("model:\n  colour: 3\n", ":2: unknown key 'colour' in section 'model'; configs/reference.yaml has every key")]
    [InlineData("modl:\n  horizon: 3\n", ":1: unknown key 'modl' at the top; did you mean 'model'?")]
    [InlineData("model:\n  epochs: 3\n", ":2: key 'epochs' does not belong in section 'model'; move it to section 'training'")]
    [InlineData("horizon: 3\n", ":1: key 'horizon' does not belong at the top; move it to section 'model'")]
    [InlineData("model: 3\n", ":1: section 'model' has keys below it")]
    [InlineData("model:\n  horizon: [1, 2]\n", ":2: model.horizon: write one value")]
    [InlineData("model:\n  horizon: 3\n  horizon: 4\n", "not readable as YAML")]
    [InlineData("model:\n  horizon: 'x\n", "not readable as YAML")]
    [InlineData("- a\n- b\n", ":1: a configuration has keys")]
    public void A_wrong_file_is_told_with_its_line(string yaml, string problem)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("run.yaml", yaml);
        var line = Cli.Fails(2, "fit", path, "--out", folder["model"]);
        Assert.StartsWith($"ssdf: {path}", line, StringComparison.Ordinal);
        Assert.Contains(problem, line, StringComparison.Ordinal);
        Assert.Equal(["run.yaml"], folder.Names);
    }

    [Fact]
    public void A_wrong_value_is_told_with_its_line_and_key()
    {
        using var folder = new TemporaryFolder();
        folder.Write("data.csv", SmallData.Hourly(60));
        var path = folder.Write("run.yaml", "data:\n  path: data.csv\nmodel:\n  horizon: three\n");
        Assert.StartsWith($"ssdf: {path}:4: model.horizon: 'three' is not a whole number", Cli.Fails(2, "fit", path, "--out", folder["model"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_the_configuration_names_and_is_not_there_is_told()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("run.yaml", "data:\n  path: nothing.csv\nmodel:\n  horizon: 3\n");
        var line = Cli.Fails(2, "fit", path, "--out", folder["model"]);
        Assert.Contains("run.yaml:2: data.path: no such file", line, StringComparison.Ordinal);
    }

    [Fact]
    public void The_data_lies_relative_to_the_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("run.yaml", "data:\n  path: sub/data.csv\n");
        Assert.Equal(folder["sub/data.csv"], Path.GetFullPath(ConfigFile.Read(path).Text(SettingTable.Path)!));
    }

    [Fact]
    public void Options_override_the_file()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("run.yaml", "model:\n  horizon: 3\n  layers: 4\n");
        var over = new SettingValues();
        over.Set(SettingTable.Horizon, ["7"], "--horizon");
        var values = ConfigFile.Read(path).With(over);
        Assert.Equal(7, values.Whole(SettingTable.Horizon, 1));
        Assert.Equal(4, values.Whole(SettingTable.Layers, 1));
    }

    [Fact]
    public void A_key_without_a_value_is_not_set_and_an_empty_list_of_quantiles_is_a_point_model()
    {
        using var folder = new TemporaryFolder();
        var values = ConfigFile.Read(folder.Write("run.yaml", "data:\n  id:\n  past: []\nmodel:\n  quantiles: []\n"));
        Assert.False(values.Has(SettingTable.Id));
        Assert.False(values.Has(SettingTable.Past));
        Assert.Equal(["none"], values.List(SettingTable.Quantiles));
    }

    [Fact]
    public void A_flag_is_true_or_false()
    {
        var values = new SettingValues();
        values.Set(SettingTable.Calendar, ["maybe"], "run.yaml:2: model.calendar");
        var e = Assert.Throws<CommandException>(() => values.Flag(SettingTable.Calendar));
        Assert.Equal("run.yaml:2: model.calendar: 'maybe' is neither true nor false", e.Message);
        Assert.Equal(2, e.ExitCode);
    }
}
