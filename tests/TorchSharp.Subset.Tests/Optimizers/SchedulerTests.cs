using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Tests.Optimizers;

public class SchedulerTests
{
    private readonly SGD _optimizer = SGD([nn.Parameter(zeros(1))], 0.8);

    [Fact]
    public void Lambda() =>
        Assert.Equal([0.8, 0.4, 0.8 / 3], Rates(lr_scheduler.LambdaLR(_optimizer, epoch => 1.0 / (epoch + 1)), 3), Near);

    [Fact]
    public void Step() => Assert.Equal([0.8, 0.8, 0.4, 0.4, 0.2], Rates(lr_scheduler.StepLR(_optimizer, 2, 0.5), 5), Near);

    [Fact]
    public void Exponential() => Assert.Equal([0.8, 0.4, 0.2], Rates(lr_scheduler.ExponentialLR(_optimizer, 0.5), 3), Near);

    [Fact]
    public void Linear() => Assert.Equal([0.2, 0.5, 0.8, 0.8], Rates(lr_scheduler.LinearLR(_optimizer, 0.25, 1, 2), 4), Near);

    [Fact]
    public void Cosine()
    {
        double[] expected = [.. Enumerable.Range(0, 9).Select(t => 0.1 + (0.7 * (1 + Math.Cos(Math.PI * t / 4)) / 2))];
        Assert.Equal(expected, Rates(lr_scheduler.CosineAnnealingLR(_optimizer, 4, 0.1), 9), Near);
    }

    [Fact]
    public void Warm_up_then_cosine()
    {
        lr_scheduler.LRScheduler warm = lr_scheduler.LinearLR(_optimizer, 0.25, 1, 2);
        lr_scheduler.LRScheduler cosine = lr_scheduler.CosineAnnealingLR(_optimizer, 4);
        double[] rates = Rates(lr_scheduler.SequentialLR(_optimizer, [warm, cosine], [2]), 7);
        double[] expected = [0.2, 0.5, .. Enumerable.Range(0, 5).Select(t => 0.4 * (1 + Math.Cos(Math.PI * t / 4)))];
        Assert.Equal(expected, rates, Near);
        Assert.Throws<ArgumentException>(() => lr_scheduler.SequentialLR(_optimizer, [warm], [1]));
        Assert.Throws<ArgumentException>(() => lr_scheduler.SequentialLR(SGD([nn.Parameter(zeros(1))], 1), [warm, cosine], [1]));
    }

    [Fact]
    public void A_jump_to_an_epoch_uses_the_closed_form()
    {
        lr_scheduler.LRScheduler cosine = lr_scheduler.CosineAnnealingLR(_optimizer, 10);
        cosine.step(5);
        Assert.Equal(0.4, _optimizer.ParamGroups.First().LearningRate, 12);
        Assert.Equal([0.4], cosine.get_last_lr(), Near);
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-12;

    private double[] Rates(lr_scheduler.LRScheduler scheduler, int epochs)
    {
        var rates = new List<double>();
        for (int i = 0; i < epochs; i++)
        {
            rates.Add(_optimizer.ParamGroups.First().LearningRate);
            scheduler.step();
        }
        return [.. rates];
    }
}
