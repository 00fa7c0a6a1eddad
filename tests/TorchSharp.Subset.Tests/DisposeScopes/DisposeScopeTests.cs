using static TorchSharp.torch;

namespace TorchSharp.Tests.DisposeScopes;

public class DisposeScopeTests
{
    private static LifetimeStatistics Statistics => DisposeScopeManager.Statistics.TensorStatistics;

    [Fact]
    public void A_scope_disposes_what_was_made_in_it()
    {
        Tensor inside, kept, detached;
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (DisposeScope outer = NewDisposeScope())
        {
            using (DisposeScope scope = NewDisposeScope())
            {
                Assert.Same(scope, CurrentDisposeScope);
                inside = zeros(2);
                kept = (inside + 1).MoveToOuterDisposeScope();
                detached = scope.Detach(inside + 2);
                Assert.True(scope.Contains(inside));
                Assert.True(outer.Contains(kept));
            }
            Assert.True(inside.IsInvalid);
            Assert.False(kept.IsInvalid);
            Assert.Same(outer, CurrentDisposeScope);
        }
        Assert.True(kept.IsInvalid);
        Assert.False(detached.IsInvalid);
        detached.Dispose();
        Assert.Null(CurrentDisposeScope);
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Moving_out_of_the_outermost_scope_detaches()
    {
        Tensor kept;
        using (DisposeScope scope = NewDisposeScope()) kept = scope.MoveToOuter(zeros(1));
        Assert.False(kept.IsInvalid);
        kept.Dispose();
    }

    [Fact]
    public void A_tensor_can_be_attached_and_moved()
    {
        using Tensor made = zeros(1);
        using DisposeScope first = NewDisposeScope();
        using DisposeScope second = NewDisposeScope();
        first.Attach(made);
        Assert.True(first.Contains(made));
        made.MoveToOtherDisposeScope(second);
        Assert.False(first.Contains(made));
        Assert.True(second.Contains(made));
        second.MoveToOther(null, made);
        Assert.False(second.Contains(made));
        (Tensor a, Tensor b) = second.MoveToOuter(zeros(1), zeros(1));
        Assert.Equal(2, first.DisposablesCount);
        Assert.Equal([a, b], first.DisposablesView);
    }

    [Fact]
    public void Everything_but_some_can_be_disposed_in_between()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = zeros(1), b = zeros(1);
        Assert.Same(b, scope.DisposeEverythingBut(b));
        Assert.True(a.IsInvalid);
        Assert.False(b.IsInvalid);
        scope.DisposeEverything();
        Assert.True(b.IsInvalid);
    }

    [Fact]
    public void A_tensor_disposed_by_hand_leaves_its_scope()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = zeros(1);
        a.Dispose();
        a.Dispose();
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void A_disposed_scope_is_refused()
    {
        DisposeScope scope = NewDisposeScope();
        scope.Dispose();
        scope.Dispose();
        Assert.Throws<ObjectDisposedException>(() => scope.DisposablesCount);
        Assert.Throws<ObjectDisposedException>(() => scope.Attach(zeros(1)));
    }

    [Fact]
    public void Scopes_may_end_out_of_order()
    {
        DisposeScope outer = NewDisposeScope();
        DisposeScope inner = NewDisposeScope();
        Tensor late = zeros(1);
        outer.Dispose();
        Assert.Same(inner, CurrentDisposeScope);
        Assert.False(late.IsInvalid);
        inner.Dispose();
        Assert.True(late.IsInvalid);
        Assert.Null(CurrentDisposeScope);
    }

    [Fact]
    public void Scopes_are_the_threads_own()
    {
        using DisposeScope scope = NewDisposeScope();
        var thread = new Thread(() =>
        {
            Assert.Null(CurrentDisposeScope);
            zeros(1).Dispose();
        });
        thread.Start();
        thread.Join();
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void Statistics_count_each_way_of_living()
    {
        Statistics.Reset();
        zeros(1).Dispose();
        Tensor outside = zeros(1);
        using (DisposeScope scope = NewDisposeScope())
        {
            zeros(1).Dispose();
            scope.Detach(zeros(1)).Dispose();
            scope.Attach(outside);
            _ = zeros(1);
        }
        Assert.Equal((2, 2), (Statistics.CreatedOutsideScopeCount, Statistics.DisposedOutsideScopeCount));
        Assert.Equal((3, 3), (Statistics.CreatedInScopeCount, Statistics.DisposedInScopeCount));
        Assert.Equal((1, 1), (Statistics.AttachedToScopeCount, Statistics.DetachedFromScopeCount));
        Assert.Equal(0, Statistics.ThreadTotalLiveCount);
        Assert.Contains("CreatedInScopeCount: 3", DisposeScopeManager.Statistics.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_takes_its_tensors_place_in_the_scope()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor data = zeros(2);
        var parameter = new TorchSharp.Modules.Parameter(data);
        Assert.True(data.IsInvalid);
        Assert.True(scope.Contains(parameter));
        Assert.True(parameter.requires_grad);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void A_wrapped_expression_leaves_only_its_result()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor result = WrappedTensorDisposeScope(() => (zeros(2) + 1) * 3);
        Assert.Equal([result], scope.DisposablesView);
    }
}
